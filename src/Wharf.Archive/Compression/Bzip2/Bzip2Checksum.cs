namespace Wharf.Archive.Compression.Bzip2;

/// <summary>CRC-32 with the bits of a byte taken from the top, which is what bzip2 uses.</summary>
internal static class Bzip2Checksum
{
    private static readonly uint[] Table = BuildTable();

    public static uint Of(ReadOnlySpan<byte> data)
    {
        uint value = 0xffffffff;
        foreach (byte b in data)
        {
            value = (value << 8) ^ Table[(value >> 24) ^ b];
        }

        return ~value;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 0x80000000) != 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
            }

            table[i] = value;
        }

        return table;
    }
}
