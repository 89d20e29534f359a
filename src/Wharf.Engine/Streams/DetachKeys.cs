using Wharf.Primitives;

namespace Wharf.Engine.Streams;

/// <summary>
/// The key sequence that ends an attachment and leaves the process running: "ctrl-p,ctrl-q". Watches a stream of key strokes that may arrive in pieces
/// of any size; bytes that may yet become the sequence are held back until they are it or cannot be.
/// </summary>
public sealed class DetachKeys
{
    public const string Default = "ctrl-p,ctrl-q";

    /// <summary>The longest sequence; no more bytes than these are ever held back.</summary>
    public const int MaxKeys = 32;

    private readonly byte[] sequence;
    private int matched;

    private DetachKeys(byte[] sequence) => this.sequence = sequence;

    /// <summary>Reads the form of <c>--detach-keys</c>; null or empty means the default.</summary>
    public static DetachKeys Parse(string? text)
    {
        string keys = string.IsNullOrEmpty(text) ? Default : text;
        string[] names = keys.Split(',');
        return names.Length > MaxKeys
            ? throw WharfException.Invalid($"Invalid detach keys ({keys}) provided")
            : new DetachKeys([.. names.Select(key => ByteOf(key, keys))]);
    }

    /// <summary>
    /// Copies <paramref name="input"/> to <paramref name="output"/> without the sequence. True when the sequence is complete; what follows it is dropped.
    /// <paramref name="output"/> needs room for the input and the sequence.
    /// </summary>
    public bool Filter(ReadOnlySpan<byte> input, Span<byte> output, out int written)
    {
        written = 0;
        foreach (byte key in input)
        {
            // On a mismatch the longest end of what was typed that begins the sequence anew stays held (ctrl-p ctrl-p ctrl-q detaches).
            while (matched > 0 && sequence[matched] != key)
            {
                int keep = Border(matched);
                sequence.AsSpan(0, matched - keep).CopyTo(output[written..]);
                written += matched - keep;
                matched = keep;
            }

            if (sequence[matched] != key)
            {
                output[written++] = key;
            }
            else if (++matched == sequence.Length)
            {
                matched = 0;
                return true;
            }
        }

        return false;
    }

    // Length of the longest proper prefix of the sequence that is also a suffix of its first `length` bytes.
    private int Border(int length)
    {
        ReadOnlySpan<byte> typed = sequence.AsSpan(0, length);
        for (int candidate = length - 1; candidate > 0; candidate--)
        {
            if (typed.EndsWith(typed[..candidate]))
            {
                return candidate;
            }
        }

        return 0;
    }

    private static byte ByteOf(string key, string all)
    {
        if (key.Length == 1 && char.IsAscii(key[0]))
        {
            return (byte)key[0];
        }

        if (key.StartsWith("ctrl-", StringComparison.Ordinal) && key.Length == 6)
        {
            char letter = key[5];
            if (letter is (>= 'a' and <= 'z') or '@' or '[' or '\\' or ']' or '^' or '_')
            {
                return (byte)(letter & 0x1F);
            }
        }

        throw WharfException.Invalid($"Invalid detach keys ({all}) provided");
    }
}
