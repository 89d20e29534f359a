namespace Wharf.Cli.Framework.Sessions;

/// <summary>
/// Finds the detach sequence in what is typed. Bytes that may begin the sequence are held back until it is clear that they do not.
/// </summary>
internal sealed class DetachKeys(byte[] sequence)
{
    private static readonly byte[] Default = [16, 17];

    private int _matched;

    /// <summary>Parses <c>ctrl-p,ctrl-q</c>; empty for the default.</summary>
    /// <exception cref="FormatException">A key is unknown.</exception>
    public static byte[] Parse(string text)
    {
        if (text.Length == 0)
        {
            return Default;
        }

        var keys = new List<byte>();
        foreach (string key in text.Split(','))
        {
            keys.Add(key switch
            {
                [var single] when single < 0x80 => (byte)single,
                "DEL" => 127,
                _ when key.StartsWith("ctrl-", StringComparison.Ordinal) && key.Length == 6 => Control(key[5]),
                _ => throw new FormatException($"Unknown character: '{key}'"),
            });
        }

        return [.. keys];
    }

    /// <summary>The bytes to send on; <paramref name="detached"/> is true when the sequence is complete.</summary>
    public ReadOnlyMemory<byte> Filter(ReadOnlySpan<byte> typed, out bool detached)
    {
        var pass = new List<byte>(typed.Length + _matched);
        detached = false;
        foreach (byte b in typed)
        {
            if (b == sequence[_matched])
            {
                if (++_matched == sequence.Length)
                {
                    detached = true;
                    return pass.ToArray();
                }

                continue;
            }

            pass.AddRange(sequence.AsSpan(0, _matched));
            _matched = 0;
            if (b == sequence[0] && sequence.Length > 1)
            {
                _matched = 1;
            }
            else
            {
                pass.Add(b);
            }
        }

        return pass.ToArray();
    }

    private static byte Control(char key) => key switch
    {
        >= 'a' and <= 'z' => (byte)(key - 'a' + 1),
        '@' => 0,
        '[' => 27,
        '\\' => 28,
        ']' => 29,
        '^' => 30,
        '_' => 31,
        _ => throw new FormatException($"Unknown character: 'ctrl-{key}'"),
    };
}
