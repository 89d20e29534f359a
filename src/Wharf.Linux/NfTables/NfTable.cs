namespace Wharf.Linux.NfTables;

/// <summary>A whole table as it should be.</summary>
public sealed record NfTable
{
    public required NfFamily Family { get; init; }

    public required string Name { get; init; }

    public IReadOnlyList<NfSet> Sets { get; init; } = [];

    public IReadOnlyList<NfChain> Chains { get; init; } = [];
}

/// <summary>A set, or a map when it has values. Fields of keys and values are padded to four bytes each.</summary>
public sealed record NfSet(string Name, IReadOnlyList<NfDataType> Key, IReadOnlyList<NfDataType>? Value = null)
{
    internal static uint Type(IReadOnlyList<NfDataType> fields)
    {
        uint type = 0;
        foreach (NfDataType field in fields)
        {
            type = type << 6 | (uint)field;
        }

        return type;
    }

    internal static int Length(IReadOnlyList<NfDataType> fields) => fields.Count == 1 ? Width(fields[0]) : fields.Sum(f => (Width(f) + 3) & ~3);

    internal static int Width(NfDataType field) => field switch
    {
        NfDataType.IPv4Address => 4,
        NfDataType.IPv6Address or NfDataType.InterfaceName => 16,
        NfDataType.Protocol => 1,
        NfDataType.Service => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}

/// <summary>A chain: a base chain when it has a hook.</summary>
public sealed record NfChain(string Name, IReadOnlyList<NfRule> Rules)
{
    public NfHook? Hook { get; init; }

    /// <summary><c>filter</c> or <c>nat</c>.</summary>
    public string Type { get; init; } = "filter";

    public int Priority { get; init; }

    public NfVerdictCode Policy { get; init; } = NfVerdictCode.Accept;
}

/// <summary>A rule and why it is there (shown as its comment).</summary>
public sealed record NfRule(string Comment, params NfExpression[] Expressions);

/// <summary>An entry of a set or map of a table. Equal when all its parts are.</summary>
public readonly struct NfElement(NfFamily family, string set, byte[] key, byte[]? value = null) : IEquatable<NfElement>
{
    public NfFamily Family { get; } = family;

    public string Set { get; } = set;

    public ReadOnlyMemory<byte> Key { get; } = key;

    // A null array would become an empty value by the implicit conversion.
    public ReadOnlyMemory<byte>? Value { get; } = value is null ? default(ReadOnlyMemory<byte>?) : value;

    public bool Equals(NfElement other) => Family == other.Family && Set == other.Set && Key.Span.SequenceEqual(other.Key.Span)
        && Value.HasValue == other.Value.HasValue && (!Value.HasValue || Value.Value.Span.SequenceEqual(other.Value!.Value.Span));

    public override bool Equals(object? obj) => obj is NfElement other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Family);
        hash.Add(Set);
        hash.AddBytes(Key.Span);
        return hash.ToHashCode();
    }

    public static bool operator ==(NfElement left, NfElement right) => left.Equals(right);

    public static bool operator !=(NfElement left, NfElement right) => !left.Equals(right);

    public override string ToString() => $"{Family} {Set} {Convert.ToHexStringLower(Key.Span)}" + (Value is { } value ? " : " + Convert.ToHexStringLower(value.Span) : "");
}
