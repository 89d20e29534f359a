using System.Globalization;
using System.Text;
using Wharf.Primitives;

namespace Wharf.Archive.Tar;

/// <summary>
/// Forms header blocks as Go's archive/tar does for its PAX format (which Docker and containerd ask for): a plain ustar block when
/// every field fits it, else a pax header named <c>DIR/PaxHeaders.0/NAME</c> with sorted records before it. The ustar prefix field is
/// never used, times are whole seconds.
/// </summary>
internal static class TarHeaderWriter
{
    private const int NameLength = 100;
    private const int UserNameLength = 32;

    public static void Append(TarEntry entry, List<byte> output)
    {
        byte[] name = entry.Type == TarEntryType.Directory && entry.Name is not [.., (byte)'/'] ? [.. entry.Name, (byte)'/'] : entry.Name;
        long size = entry.Type == TarEntryType.File ? entry.Size : 0;
        var records = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        AddText(records, "path", name, NameLength);
        AddText(records, "linkpath", entry.LinkName, NameLength);
        AddText(records, "uname", entry.UserName, UserNameLength);
        AddText(records, "gname", entry.GroupName, UserNameLength);
        AddNumber(records, "uid", entry.UserId, 8);
        AddNumber(records, "gid", entry.GroupId, 8);
        AddNumber(records, "size", size, 12);
        AddNumber(records, "mtime", entry.ModificationTime.Seconds, 12);
        foreach (TarAttribute attribute in entry.Attributes)
        {
            records[PaxRecords.AttributePrefix + Encoding.UTF8.GetString(attribute.Name)] = attribute.Value;
        }

        if (records.Count > 0)
        {
            AppendPax(name, records, output);
        }

        Span<byte> block = stackalloc byte[TarBlock.Size];
        block.Clear();
        PutText(block[..100], name);
        PutNumber(block.Slice(100, 8), entry.Mode);
        PutNumber(block.Slice(108, 8), entry.UserId);
        PutNumber(block.Slice(116, 8), entry.GroupId);
        PutNumber(block.Slice(124, 12), size);
        PutNumber(block.Slice(136, 12), entry.ModificationTime.Seconds);
        block[156] = (byte)entry.Type;
        PutText(block.Slice(157, 100), entry.LinkName);
        PutText(block.Slice(265, 32), entry.UserName);
        PutText(block.Slice(297, 32), entry.GroupName);
        PutDevice(block.Slice(329, 8), entry.DeviceMajor);
        PutDevice(block.Slice(337, 8), entry.DeviceMinor);
        Seal(block);
        output.AddRange(block);
    }

    private static void AppendPax(byte[] name, SortedDictionary<string, byte[]> records, List<byte> output)
    {
        var content = new List<byte>();
        foreach (var (key, value) in records)
        {
            byte[] keyBytes = Encoding.UTF8.GetBytes(key);
            int body = keyBytes.Length + value.Length + 3; // space, equals sign, newline
            int length = body + Digits(body);
            length = body + Digits(length);
            content.AddRange(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
            content.Add((byte)' ');
            content.AddRange(keyBytes);
            content.Add((byte)'=');
            content.AddRange(value);
            content.Add((byte)'\n');
        }

        Span<byte> block = stackalloc byte[TarBlock.Size];
        block.Clear();
        byte[] label = Ascii(PaxName(name));
        PutText(block[..100], label.AsSpan(0, Math.Min(label.Length, NameLength)).TrimEnd((byte)'/'));
        PutNumber(block.Slice(100, 8), 0);
        PutNumber(block.Slice(108, 8), 0);
        PutNumber(block.Slice(116, 8), 0);
        PutNumber(block.Slice(124, 12), content.Count);
        PutNumber(block.Slice(136, 12), 0);
        block[156] = (byte)'x';
        Seal(block);
        output.AddRange(block);
        output.AddRange(content);
        output.AddRange(TarBlock.Zero[..(-content.Count & (TarBlock.Size - 1))]);
    }

    // path.Join(dir, "PaxHeaders.0", file) of Go, where dir ends in the last slash and Join cleans
    private static byte[] PaxName(ReadOnlySpan<byte> name)
    {
        int slash = name.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> file = name[(slash + 1)..];
        string joined = Encoding.Latin1.GetString(name[..(slash + 1)]) + "/PaxHeaders.0/" + Encoding.Latin1.GetString(file);
        var parts = new List<string>();
        foreach (string part in joined.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return Encoding.Latin1.GetBytes((name[0] == '/' ? "/" : "") + string.Join('/', parts));
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static void AddText(SortedDictionary<string, byte[]> records, string key, byte[] text, int room)
    {
        if (text.AsSpan().Contains((byte)0))
        {
            throw WharfException.Invalid($"NUL byte in {key} of tar entry {TarErrors.Show(text)}");
        }

        if (text.Length > room || text.AsSpan().ContainsAnyInRange((byte)0x80, (byte)0xff))
        {
            records[key] = text;
        }
    }

    private static void AddNumber(SortedDictionary<string, byte[]> records, string key, long number, int room)
    {
        if (!FitsOctal(number, room))
        {
            records[key] = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static bool FitsOctal(long number, int room) => number >= 0 && number < 1L << ((room - 1) * 3);

    private static void PutText(Span<byte> field, ReadOnlySpan<byte> text)
    {
        byte[] ascii = Ascii(text);
        ascii.AsSpan(0, Math.Min(ascii.Length, field.Length)).CopyTo(field);

        // A cut name must not end in a slash: readers would take a file for a directory.
        if (ascii.Length > field.Length && field[^1] == '/')
        {
            field[field[..^1].TrimEnd((byte)'/').Length] = 0;
        }
    }

    private static byte[] Ascii(ReadOnlySpan<byte> text) =>
        text.ContainsAnyInRange((byte)0x80, (byte)0xff) ? text.ToArray().Where(b => b < 0x80).ToArray() : text.ToArray();

    private static void PutNumber(Span<byte> field, long number)
    {
        ulong rest = FitsOctal(number, field.Length) ? (ulong)number : 0;
        for (int i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (rest & 7));
            rest >>= 3;
        }
    }

    // No pax record speaks of device numbers, so a large one is written in base 256, which every reader of GNU archives knows.
    private static void PutDevice(Span<byte> field, uint number)
    {
        if (FitsOctal(number, field.Length))
        {
            PutNumber(field, number);
            return;
        }

        field.Clear();
        field[0] = 0x80;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(field[4..], number);
    }

    private static void Seal(Span<byte> block)
    {
        "ustar\000"u8.CopyTo(block[257..]);
        PutNumber(block.Slice(148, 7), TarBlock.Sums(block).Unsigned);
        block[155] = (byte)' ';
    }
}
