namespace Wharf.Archive.Compression.Gzip;

/// <summary>
/// The CRC-32 of two joined pieces from the CRC-32 of each: the first is moved on by the second's length in zero bytes, which is a
/// multiplication by a power of x modulo the polynomial (RFC 1952, section 8).
/// </summary>
internal static class Crc32Combination
{
    private const uint Polynomial = 0xedb88320;

    public static uint Combine(uint first, uint second, long secondLength) =>
        Multiply(PowerOfX(secondLength * 8), first) ^ second;

    // polynomials in reflected order: the top bit is x^0
    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (uint bit = 0x80000000; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }

    private static uint PowerOfX(long exponent)
    {
        uint power = 0x80000000; // 1
        uint square = 0x40000000; // x
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
            {
                power = Multiply(power, square);
            }

            square = Multiply(square, square);
        }

        return power;
    }
}
