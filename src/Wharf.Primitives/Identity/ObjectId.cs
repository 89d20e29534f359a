
namespace Wharf.Primitives;

/// <summary>Ids of containers, execs and networks: 64 lower-case hexadecimal digits, 32 random bytes.</summary>
public static class ObjectId
{
    public const int Length = 64;
    public const int ShortLength = 12;

    /// <summary>A new id whose short form is not all decimal digits, as Docker guarantees (a number would pass for a pid or a port).</summary>
    public static string New()
    {
        Span<byte> bytes = stackalloc byte[Length / 2];
        while (true)
        {
            SecureRandom.Fill(bytes);
            string id = Convert.ToHexStringLower(bytes);
            if (id.AsSpan(0, ShortLength).ContainsAnyExceptInRange('0', '9'))
            {
                return id;
            }
        }
    }

    /// <summary>The twelve digits that people see.</summary>
    public static string Shorten(string id) => id.Length > ShortLength ? id[..ShortLength] : id;

    /// <summary>True for 64 lower-case hexadecimal digits.</summary>
    public static bool IsFull(ReadOnlySpan<char> text) => text.Length == Length && Hexadecimal.IsHex(text);
}
