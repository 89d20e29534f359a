using System.Text;
using Wharf.Primitives;

namespace Wharf.Build.Cache;

/// <summary>Collects the named parts of a step's key; their text is kept, so that a miss can be explained by the first part that differs.</summary>
public sealed class StepKey
{
    private readonly StringBuilder _parts = new();

    public StepKey Add(string name, string value)
    {
        _parts.Append(name).Append('=').Append(value.Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        return this;
    }

    public string Parts => _parts.ToString();

    public Digest ToDigest() => Digest.Sha256(Encoding.UTF8.GetBytes(Parts));
}
