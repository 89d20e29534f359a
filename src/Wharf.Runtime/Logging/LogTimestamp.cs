using System.Buffers.Text;

namespace Wharf.Runtime.Logging;

/// <summary>Times as Go's RFC3339Nano writes them: UTC, a fraction without trailing zeros, none when it is zero.</summary>
public static class LogTimestamp
{
    public const int MaxLength = 30;

    /// <returns>Bytes written.</returns>
    public static int Write(DateTime utc, Span<byte> output)
    {
        // The round-trip form always has seven digits of fraction: yyyy-MM-ddTHH:mm:ss.fffffffZ
        const int FractionEnd = 27;
        bool written = Utf8Formatter.TryFormat(DateTime.SpecifyKind(utc, DateTimeKind.Utc), output, out int length, 'O');
        System.Diagnostics.Debug.Assert(written && length == FractionEnd + 1, "the round-trip form has a fixed length");
        int end = FractionEnd;
        while (output[end - 1] == '0')
        {
            end--;
        }

        if (output[end - 1] == '.')
        {
            end--;
        }

        output[end] = (byte)'Z';
        return end + 1;
    }
}
