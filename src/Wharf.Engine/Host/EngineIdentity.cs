using System.Text;
using Wharf.Primitives;

namespace Wharf.Engine.Host;

/// <summary>The engine's own id: made once, kept in the data root.</summary>
internal static class EngineIdentity
{
    public static string Of(string dataRoot)
    {
        string path = Path.Combine(dataRoot, "engine-id");
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } known)
        {
            return known;
        }

        string id = Guid.NewGuid().ToString();
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(id));
        return id;
    }
}
