using System.Runtime.InteropServices;

namespace Wharf.Archive.Compression.Gzip;

/// <summary>
/// Tells content that no compressor makes shorter (what is compressed or encrypted already), by looking at it once: deflate spends twenty times as
/// long on it as on text, for nothing.
/// </summary>
internal static class Noise
{
    /// <summary>Bytes judged at once.</summary>
    public const int Window = 16 * 1024;

    // Enough to tell text from noise, and to find what repeats.
    private const int Sample = Window / 4;

    private const int HashBits = 12;

    // Bytes spread so evenly save at most one part in forty; so many repeats save about as much.
    private const double Evenness = 1.15;
    private const int MostRepeats = Sample / 512;

    // A sample varies more than the whole; what is above this is no noise however the rest looks.
    private const double PlainlyUneven = 1.5;

    public static bool Is(ReadOnlySpan<byte> window) => window.Length == Window && IsEven(window[..Sample], PlainlyUneven) && IsEven(window, Evenness) && !Repeats(window[..Sample]);

    private static bool IsEven(ReadOnlySpan<byte> bytes, double most)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (byte b in bytes)
        {
            counts[b]++;
        }

        long squares = 0;
        foreach (int count in counts)
        {
            squares += (long)count * count;
        }

        return squares < most * bytes.Length * bytes.Length / 256;
    }

    private static bool Repeats(ReadOnlySpan<byte> sample)
    {
        Span<ushort> last = stackalloc ushort[1 << HashBits];
        last.Clear();
        int repeats = 0;
        for (int at = 1; at <= sample.Length - sizeof(uint); at++)
        {
            uint four = MemoryMarshal.Read<uint>(sample[at..]);
            ref ushort seen = ref last[(int)((four * 2654435761) >> (32 - HashBits))];
            if (MemoryMarshal.Read<uint>(sample[seen..]) == four && ++repeats > MostRepeats)
            {
                return true;
            }

            seen = (ushort)at;
        }

        return false;
    }
}
