using System.Globalization;
using System.Numerics;

namespace Wharf.Linux;

/// <summary>A set of capabilities: bit n stands for capability n.</summary>
public readonly record struct CapabilitySet(ulong Bits)
{
    public static CapabilitySet Empty => default;

    /// <summary>What this process may use now (CapEff of /proc/self/status).</summary>
    public static CapabilitySet OwnEffective => Own("CapEff:");

    /// <summary>What this process and its children can ever have (CapBnd).</summary>
    public static CapabilitySet OwnBounding => Own("CapBnd:");

    public bool Has(int capability) => (Bits >> capability & 1) != 0;

    public int Count => BitOperations.PopCount(Bits);

    public IEnumerable<int> Members()
    {
        for (int i = 0; i < 64; i++)
        {
            if (Has(i))
            {
                yield return i;
            }
        }
    }

    public static CapabilitySet operator &(CapabilitySet a, CapabilitySet b) => new(a.Bits & b.Bits);

    public static CapabilitySet operator |(CapabilitySet a, CapabilitySet b) => new(a.Bits | b.Bits);

    public CapabilitySet Without(CapabilitySet other) => new(Bits & ~other.Bits);

    public CapabilitySet With(int capability) => new(Bits | (1ul << capability));

    public static CapabilitySet BitwiseAnd(CapabilitySet left, CapabilitySet right) => left & right;

    public static CapabilitySet BitwiseOr(CapabilitySet left, CapabilitySet right) => left | right;

    private static CapabilitySet Own(string field)
    {
        foreach (ReadOnlySpan<char> line in SmallFile.Read("/proc/self/status").AsSpan().EnumerateLines())
        {
            if (line.StartsWith(field))
            {
                return new CapabilitySet(ulong.Parse(line[field.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }

        return Empty;
    }
}
