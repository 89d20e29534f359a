using System.Globalization;

namespace Wharf.Daemon.Options;

/// <summary>A number of bytes with one of Docker's binary suffixes: 64m, 64MB, 64MiB, 67108864.</summary>
internal static class ByteCount
{
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        string trimmed = (text ?? string.Empty).Trim().ToLowerInvariant();
        string number = trimmed.TrimEnd('b', 'i', 'k', 'm', 'g', 't', 'p').Trim();
        long unit = trimmed[number.Length..].Trim() switch
        {
            "" or "b" => 1,
            "k" or "kb" or "kib" => 1L << 10,
            "m" or "mb" or "mib" => 1L << 20,
            "g" or "gb" or "gib" => 1L << 30,
            "t" or "tb" or "tib" => 1L << 40,
            "p" or "pb" or "pib" => 1L << 50,
            _ => 0,
        };
        if (unit == 0 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count)
            || count > long.MaxValue / unit)
        {
            return false;
        }

        bytes = (long)(count * unit);
        return true;
    }
}
