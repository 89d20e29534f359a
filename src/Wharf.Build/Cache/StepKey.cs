using System.Text;
using Wharf.Primitives;

namespace Wharf.Build.Cache;

/// <summary>Collects the named parts of a step's key; their text is kept, so that a miss can be explained by the parts that differ.</summary>
public sealed class StepKey
{
    private readonly StringBuilder _parts = new();

    public StepKey Add(string name, string value)
    {
        _parts.Append(name).Append('=').Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        return this;
    }

    public string Parts => _parts.ToString();

    public Digest ToDigest() => Digest.Sha256(Encoding.UTF8.GetBytes(Parts));

    /// <summary>The parts by name, in their order.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(string parts) =>
    [
        .. parts.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            int equals = line.IndexOf('=');
            return KeyValuePair.Create(line[..Math.Max(0, equals)], line[(equals + 1)..].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal));
        }),
    ];
}
