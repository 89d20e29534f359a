using System.Runtime.InteropServices;

namespace Wharf.Build.Copying;

/// <summary>A SHA-256 as a key of tables and a member of records on disk: 32 bytes in place, where an array would be an object for each file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Hash32(ulong A, ulong B, ulong C, ulong D)
{
    public Hash32(ReadOnlySpan<byte> bytes)
        : this(Word(bytes, 0), Word(bytes, 1), Word(bytes, 2), Word(bytes, 3))
    {
    }

    public void CopyTo(Span<byte> to)
    {
        ReadOnlySpan<ulong> words = [A, B, C, D];
        MemoryMarshal.AsBytes(words).CopyTo(to);
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[4 * sizeof(ulong)];
        CopyTo(bytes);
        return bytes;
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int at) => MemoryMarshal.Read<ulong>(bytes[(at * sizeof(ulong))..]);
}
