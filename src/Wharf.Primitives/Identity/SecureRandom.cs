using System.Runtime.InteropServices;

namespace Wharf.Primitives;

/// <summary>
/// Unguessable bytes from the kernel (getrandom(2)). The framework's generator takes them from OpenSSL, whose loading is a fifth of the daemon's start
/// and several megabytes that an engine without TLS never needs.
/// </summary>
public static partial class SecureRandom
{
    /// <exception cref="WharfException">The kernel refused, as a seccomp filter can make it.</exception>
    public static void Fill(Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint got = GetRandom(ref MemoryMarshal.GetReference(bytes), bytes.Length, 0);
            if (got > 0)
            {
                bytes = bytes[(int)got..];
            }
            else if (Marshal.GetLastPInvokeError() is var errno and not Interrupted)
            {
                throw WharfException.Internal($"getrandom: errno {errno}");
            }
        }
    }

    /// <summary>A number from 0 to below <paramref name="limit"/>, each as likely as the others.</summary>
    public static int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        Span<uint> number = stackalloc uint[1];
        uint fair = uint.MaxValue - (uint.MaxValue % (uint)limit);
        do
        {
            Fill(MemoryMarshal.AsBytes(number));
        }
        while (number[0] >= fair);
        return (int)(number[0] % (uint)limit);
    }

    /// <summary>Lower-case hexadecimal digits.</summary>
    public static string Hex(int digits)
    {
        Span<byte> bytes = stackalloc byte[(digits + 1) / 2];
        Fill(bytes);
        return Convert.ToHexStringLower(bytes)[..digits];
    }

    /// <summary>Characters of an alphabet.</summary>
    public static string Text(string alphabet, int length) => string.Create(length, alphabet, static (text, alphabet) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = alphabet[Below(alphabet.Length)];
        }
    });

    private const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static partial nint GetRandom(ref byte buffer, nint length, uint flags);
}
