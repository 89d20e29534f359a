using System.Numerics;

namespace Wharf.Registry.Access;

/// <summary>The Blowfish cipher (Schneier, 1993) with the key schedule of bcrypt. Its tables begin as the fractional digits of pi, which are computed.</summary>
internal sealed class Blowfish
{
    private const int Rounds = 16;

    private static readonly Lazy<uint[]> Pi = new(FractionOfPi);

    private readonly uint[] _p = Pi.Value[..18];
    private readonly uint[] _s = Pi.Value[18..];

    /// <summary>Mixes a key, and a salt unless it is empty, into the tables ("ExpandKey").</summary>
    public void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        int at = 0;
        for (int i = 0; i < _p.Length; i++)
        {
            _p[i] ^= Next(key, ref at);
        }

        uint left = 0, right = 0;
        int saltAt = 0;
        Refill(_p, salt, ref left, ref right, ref saltAt);
        Refill(_s, salt, ref left, ref right, ref saltAt);
    }

    public void Encrypt(ref uint left, ref uint right)
    {
        uint[] p = _p, s = _s;
        uint l = left, r = right;
        for (int i = 0; i < Rounds; i += 2)
        {
            l ^= p[i];
            r ^= ((s[l >> 24] + s[256 + ((l >> 16) & 255)]) ^ s[512 + ((l >> 8) & 255)]) + s[768 + (l & 255)];
            r ^= p[i + 1];
            l ^= ((s[r >> 24] + s[256 + ((r >> 16) & 255)]) ^ s[512 + ((r >> 8) & 255)]) + s[768 + (r & 255)];
        }

        left = r ^ p[Rounds + 1];
        right = l ^ p[Rounds];
    }

    private void Refill(uint[] table, ReadOnlySpan<byte> salt, ref uint left, ref uint right, ref int saltAt)
    {
        for (int i = 0; i < table.Length; i += 2)
        {
            if (!salt.IsEmpty)
            {
                left ^= Next(salt, ref saltAt);
                right ^= Next(salt, ref saltAt);
            }

            Encrypt(ref left, ref right);
            table[i] = left;
            table[i + 1] = right;
        }
    }

    private static uint Next(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint word = 0;
        for (int i = 0; i < 4; i++)
        {
            word = (word << 8) | bytes[at];
            at = (at + 1) % bytes.Length;
        }

        return word;
    }

    // 18 + 4 * 256 words; Machin: pi = 16 arctan(1/5) - 4 arctan(1/239)
    private static uint[] FractionOfPi()
    {
        const int words = 18 + (4 * 256), guard = 64;
        BigInteger one = BigInteger.One << ((words * 32) + guard);
        BigInteger fraction = ((16 * ArcTangent(one, 5)) - (4 * ArcTangent(one, 239)) - (3 * one)) >> guard;
        byte[] bytes = new byte[words * 4];
        byte[] digits = fraction.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, bytes.Length - digits.Length);
        uint[] table = new uint[words];
        for (int i = 0; i < words; i++)
        {
            table[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(i * 4));
        }

        return table;
    }

    private static BigInteger ArcTangent(BigInteger one, int inverse)
    {
        BigInteger power = one / inverse, sum = power;
        int square = inverse * inverse;
        for (int n = 3, sign = -1; !power.IsZero; n += 2, sign = -sign)
        {
            power /= square;
            sum += sign * (power / n);
        }

        return sum;
    }
}
