using System.Security.Cryptography;
using System.Text;

namespace Wharf.Registry.Access;

/// <summary>
/// The bcrypt password hash (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999): <c>$2a$</c>, <c>$2b$</c> and <c>$2y$</c>, which are
/// one for passwords of up to 72 bytes.
/// </summary>
internal static class Bcrypt
{
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create(Alphabet);
    private const int SaltBytes = 16;
    private const int HashBytes = 23;
    private const int MaxPassword = 72;

    // More would let whoever writes the file stop the registry for minutes.
    private const int MaxCost = 20;

    public static bool IsHash(string text) =>
        text.Length == 60 && text[0] == '$' && text[1] == '2' && text[2] is 'a' or 'b' or 'y' && text[3] == '$' && text[6] == '$'
        && int.TryParse(text.AsSpan(4, 2), out int cost) && cost is >= 4 and <= MaxCost && text.AsSpan(7).IndexOfAnyExcept(Letters) < 0;

    /// <summary>A fresh hash, as <c>htpasswd -B</c> makes them.</summary>
    public static string Hash(string password, int cost)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return $"$2y${cost:00}${Encode(salt, SaltBytes)}{Encode(Compute(password, salt, cost), HashBytes)}";
    }

    /// <summary>Takes as long for a wrong password as for the right one.</summary>
    public static bool Verify(string password, string hash)
    {
        if (!IsHash(hash))
        {
            return false;
        }

        byte[] salt = Decode(hash.AsSpan(7, 22), SaltBytes);
        byte[] expected = Decode(hash.AsSpan(29), HashBytes);
        byte[] actual = Compute(password, salt, int.Parse(hash.AsSpan(4, 2)));
        return CryptographicOperations.FixedTimeEquals(actual.AsSpan(0, HashBytes), expected);
    }

    private static byte[] Compute(string password, byte[] salt, int cost)
    {
        // The final NUL is part of the key; a NUL inside ends it, as in C.
        byte[] text = Encoding.UTF8.GetBytes(password);
        int length = Array.IndexOf(text, (byte)0) is >= 0 and var nul ? nul : text.Length;
        byte[] key = new byte[Math.Min(length + 1, MaxPassword)];
        text.AsSpan(0, Math.Min(length, key.Length)).CopyTo(key);

        var cipher = new Blowfish();
        cipher.Expand(key, salt);
        for (long round = 0; round < 1L << cost; round++)
        {
            cipher.Expand(key, []);
            cipher.Expand(salt, []);
        }

        uint[] words = new uint[6];
        byte[] magic = "OrpheanBeholderScryDoubt"u8.ToArray();
        for (int i = 0; i < 6; i++)
        {
            words[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(magic.AsSpan(i * 4));
        }

        for (int round = 0; round < 64; round++)
        {
            for (int i = 0; i < 6; i += 2)
            {
                cipher.Encrypt(ref words[i], ref words[i + 1]);
            }
        }

        byte[] result = new byte[24];
        for (int i = 0; i < 6; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(i * 4), words[i]);
        }

        return result;
    }

    private static string Encode(ReadOnlySpan<byte> data, int count)
    {
        var text = new StringBuilder();
        int bits = 0, held = 0;
        for (int i = 0; i < count; i++)
        {
            held = (held << 8) | data[i];
            bits += 8;
            while (bits >= 6)
            {
                bits -= 6;
                text.Append(Alphabet[(held >> bits) & 63]);
            }
        }

        if (bits > 0)
        {
            text.Append(Alphabet[(held << (6 - bits)) & 63]);
        }

        return text.ToString();
    }

    private static byte[] Decode(ReadOnlySpan<char> text, int count)
    {
        byte[] data = new byte[count];
        int bits = 0, held = 0, at = 0;
        foreach (char c in text)
        {
            held = (held << 6) | Alphabet.IndexOf(c, StringComparison.Ordinal);
            bits += 6;
            if (bits >= 8 && at < count)
            {
                bits -= 8;
                data[at++] = (byte)(held >> bits);
            }
        }

        return data;
    }
}
