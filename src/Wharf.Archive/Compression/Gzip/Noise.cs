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

    private const int HashBits = 12;

    // Bytes spread so evenly save at most one part in forty; so many repeats save about as much.
    private const double Evenness = 1.15;
    private const int MostRepeats = Window / 512;

    public static bool Is(ReadOnlySpan<byte> window) => window.Length == Window && IsEven(window) && !Repeats(window);

    private static bool IsEven(ReadOnlySpan<byte> window)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (byte b in window)
        {
            counts[b]++;
        }

        long squares = 0;
        foreach (int count in counts)
        {
            squares += (long)count * count;
        }

        return squares < Evenness * Window * Window / 256;
    }

    private static bool Repeats(ReadOnlySpan<byte> window)
    {
        Span<ushort> last = stackalloc ushort[1 << HashBits];
        last.Clear();
        int repeats = 0;
        for (int at = 1; at <= window.Length - sizeof(uint); at++)
        {
            uint four = MemoryMarshal.Read<uint>(window[at..]);
            ref ushort seen = ref last[(int)((four * 2654435761) >> (32 - HashBits))];
            if (MemoryMarshal.Read<uint>(window[seen..]) == four && ++repeats > MostRepeats)
            {
                return true;
            }

            seen = (ushort)at;
        }

        return false;
    }
}
