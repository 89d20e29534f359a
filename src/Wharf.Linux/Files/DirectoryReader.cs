using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Lists an open directory by getdents64(2): names as bytes, with the type where the file system tells it (0 where it does not).
/// Not by path, so that a directory swapped for a link in the meantime changes nothing. "." and ".." are left out.
/// </summary>
public static unsafe class DirectoryReader
{
    /// <summary>A name, its d_type (DT_*: 4 directory, 8 regular, 10 link, 0 unknown) and inode.</summary>
    public readonly record struct Entry(byte[] Name, byte Type, ulong Inode);

    public static Errno Read(SafeFileHandle directory, out List<Entry> entries)
    {
        const int BufferSize = 32 * 1024;
        entries = [];
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                nint length;
                fixed (byte* p = buffer)
                {
                    length = Libc.getdents64(directory.Number(), p, BufferSize);
                }

                if (length <= 0)
                {
                    Errno errno = SystemCall.Answer(length);
                    GC.KeepAlive(directory);
                    return errno;
                }

                Split(buffer.AsSpan(0, (int)length), entries);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // struct linux_dirent64: inode (8), offset (8), record length (2), type (1), name with NUL
    private static void Split(ReadOnlySpan<byte> records, List<Entry> entries)
    {
        while (records.Length > 0)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            ReadOnlySpan<byte> name = records[19..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                entries.Add(new Entry(name.ToArray(), records[18], BinaryPrimitives.ReadUInt64LittleEndian(records)));
            }

            records = records[length..];
        }
    }
}
