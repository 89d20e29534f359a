using System.Globalization;

namespace Wharf.Primitives;

/// <summary>Sizes such as <c>512m</c>, <c>1.5GiB</c>, <c>100</c>: binary multiples, as docker/go-units' RAMInBytes reads them.</summary>
public static class ByteSize
{
    /// <returns>Bytes.</returns>
    /// <exception cref="FormatException"><c>invalid size: 'x'</c> or <c>invalid suffix: 'x'</c>.</exception>
    public static long Parse(string text)
    {
        int separator = text.LastIndexOfAny([.. "0123456789. "]);
        if (separator < 0)
        {
            throw new FormatException($"invalid size: '{text}'");
        }

        string number = text[separator] == ' ' ? text[..separator] : text[..(separator + 1)];
        string suffix = text[(separator + 1)..];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double size)
            || size < 0)
        {
            throw new FormatException($"invalid size: '{text}'");
        }

        if (suffix.Length == 0)
        {
            return (long)size;
        }

        if (suffix.Length > 3)
        {
            throw new FormatException($"invalid suffix: '{suffix}'");
        }

        string lower = suffix.ToLowerInvariant();
        int power = "bkmgtp".IndexOf(lower[0]);
        bool fits = power >= 0 && (power == 0 ? lower == "b" : lower[1..] is "" or "b" or "ib");
        return fits ? (long)(Math.ScaleB(size, 10 * power)) : throw new FormatException($"invalid suffix: '{suffix}'");
    }
}
