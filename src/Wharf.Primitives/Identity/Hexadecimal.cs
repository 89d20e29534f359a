using System.Buffers;

namespace Wharf.Primitives;

/// <summary>The lower-case hexadecimal digits in which ids and digests are written.</summary>
internal static class Hexadecimal
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);
}
