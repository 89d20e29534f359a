using System.Text;

namespace Wharf.Fuzz;

/// <summary>Makes bad input of good: what a case is depends on the seed and its number alone.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds)
{
    private const int LargestInput = 64 * 1024;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "0", "-1", "4294967295", "4294967296", "9223372036854775807", "18446744073709551616", "1e999", "00000000000000000000000000000001", "\0", "\r\n", "\\", "\"", "'",
            "{", "}", "[", "]", "{{", "}}", "${", "$", ":", "::", "/", "//", "../", "..", "@", "#", "<<EOF\n", "\t", "=", ",", ";", "%", "*", "**", "?", "\u00e9", "\u2028", "\ud83d\ude00",
            "null", "true", "{}", "[]", "\"\":", "sha256:", "latest", "\u0130",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc3], [0xed, 0xa0, 0x80], [0xff, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0], [0x7f, 0xff, 0xff, 0xff],
    ];

    public byte[] Make(Random random)
    {
        byte[] input = seeds[random.Next(seeds.Count)];
        int times = 1 + random.Next(random.Next(4) == 0 ? 24 : 4);
        for (int i = 0; i < times; i++)
        {
            input = Once(input, random);
        }

        return input.Length > LargestInput ? input[..LargestInput] : input;
    }

    private byte[] Once(byte[] input, Random random)
    {
        int at = random.Next(input.Length + 1);
        int length = input.Length == at ? 0 : random.Next(Math.Min(input.Length - at, 32) + 1);
        switch (random.Next(10))
        {
            case 0 when input.Length > 0:
                return With(input, random.Next(input.Length), (byte)random.Next(256));
            case 1 when input.Length > 0:
                int flipped = random.Next(input.Length);
                return With(input, flipped, (byte)(input[flipped] ^ (1 << random.Next(8))));
            case 2:
                return [.. input[..at], .. Words[random.Next(Words.Length)], .. input[at..]];
            case 3:
                return [.. input[..at], .. Words[random.Next(Words.Length)], .. input[(at + length)..]];
            case 4:
                return [.. input[..at], .. input[(at + length)..]];
            case 5:
                return input[..at];
            case 6:
                return [.. input[..at], .. Repeat(input[at..(at + length)], random.Next(1, random.Next(20) == 0 ? 2000 : 6)), .. input[at..]];
            case 7:
                byte[] other = seeds[random.Next(seeds.Count)];
                return [.. input[..at], .. other[random.Next(other.Length + 1)..]];
            case 8:
                byte[] noise = new byte[random.Next(1, 9)];
                random.NextBytes(noise);
                return [.. input[..at], .. noise, .. input[at..]];
            default:
                return [.. input, .. seeds[random.Next(seeds.Count)]];
        }
    }

    private static byte[] With(byte[] input, int at, byte value)
    {
        byte[] changed = [.. input];
        changed[at] = value;
        return changed;
    }

    private static IEnumerable<byte> Repeat(byte[] part, int times) => Enumerable.Repeat(part, times).SelectMany(p => p);
}
