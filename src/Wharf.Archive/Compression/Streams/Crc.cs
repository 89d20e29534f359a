namespace Wharf.Archive.Compression;

/// <summary>Cyclic redundancy checks by table, eight bytes a step: CRC-32 (IEEE) and CRC-64 (ECMA-182), both reflected, as xz uses them.</summary>
internal static class Crc
{
    private static readonly ulong[] Table32 = BuildTable(0xedb88320);
    private static readonly ulong[] Table64 = BuildTable(0xc96c5795d7870f42);

    public static uint Crc32(ReadOnlySpan<byte> data, uint previous = 0) => (uint)~Run(Table32, ~(ulong)previous & 0xffffffff, data) & 0xffffffff;

    public static ulong Crc64(ReadOnlySpan<byte> data, ulong previous = 0) => ~Run(Table64, ~previous, data);

    private static ulong Run(ulong[] table, ulong value, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 8)
        {
            value ^= System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(data);
            value = table[(7 * 256) + (byte)value] ^ table[(6 * 256) + (byte)(value >> 8)]
                ^ table[(5 * 256) + (byte)(value >> 16)] ^ table[(4 * 256) + (byte)(value >> 24)]
                ^ table[(3 * 256) + (byte)(value >> 32)] ^ table[(2 * 256) + (byte)(value >> 40)]
                ^ table[256 + (byte)(value >> 48)] ^ table[(byte)(value >> 56)];
            data = data[8..];
        }

        foreach (byte b in data)
        {
            value = table[(byte)(value ^ b)] ^ (value >> 8);
        }

        return value;
    }

    private static ulong[] BuildTable(ulong polynomial)
    {
        var table = new ulong[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            ulong value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ polynomial : value >> 1;
            }

            table[i] = value;
        }

        for (int i = 256; i < table.Length; i++)
        {
            table[i] = table[(byte)table[i - 256]] ^ (table[i - 256] >> 8);
        }

        return table;
    }
}
