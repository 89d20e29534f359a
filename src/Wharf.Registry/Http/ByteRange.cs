using System.Globalization;

namespace Wharf.Registry.Http;

/// <summary>The part of a blob that a request wants (RFC 9110, section 14): one range of bytes.</summary>
internal readonly record struct ByteRange(long First, long Last)
{
    public long Length => Last - First + 1;

    /// <returns>Null when the whole is to be sent: no range, several, another unit, or nonsense, all of which a server may ignore.</returns>
    /// <exception cref="RegistryFault">416: the range lies beyond the end, or ends before it begins, which conformance tests want told.</exception>
    public static ByteRange? Parse(string header, long size)
    {
        if (!header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
        {
            return null;
        }

        string text = header[6..].Trim();
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            return null;
        }

        bool hasFirst = TryNumber(text[..dash], out long first), hasLast = TryNumber(text[(dash + 1)..], out long last);
        if (dash == 0 && hasLast)
        {
            // the last so many bytes
            return last == 0 || size == 0 ? throw Beyond(size) : new ByteRange(Math.Max(0, size - last), size - 1);
        }

        if (!hasFirst || (!hasLast && dash != text.Length - 1))
        {
            return null;
        }

        return first >= size || (hasLast && last < first) ? throw Beyond(size) : new ByteRange(first, hasLast ? Math.Min(last, size - 1) : size - 1);
    }

    /// <summary>The Content-Range of a chunk of an upload: <c>FIRST-LAST</c>, inclusive; the unit that HTTP wants there is tolerated.</summary>
    /// <exception cref="RegistryFault">It is none.</exception>
    public static ByteRange ParseChunk(string header)
    {
        string text = header.StartsWith("bytes ", StringComparison.OrdinalIgnoreCase) ? header[6..] : header;
        int slash = text.IndexOf('/', StringComparison.Ordinal), dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && TryNumber(text[..dash], out long first) && TryNumber(slash < 0 ? text[(dash + 1)..] : text[(dash + 1)..slash], out long last) && last >= first
            ? new ByteRange(first, last)
            : throw RegistryFault.RangeInvalid(header);
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static RegistryFault Beyond(long size) => new(416, "RANGE_INVALID", $"the blob has {size} bytes");
}
