using System.Text;

namespace Wharf.Archive.Tar;

/// <summary>Turns header blocks and the extension headers before them into entries.</summary>
internal sealed class TarHeaderReader(TarLimits limits)
{
    private readonly PaxRecords _global = new();
    private readonly PaxRecords _local = new();
    private byte[]? _longName;
    private byte[]? _longLink;
    private long _begin;
    private long _extensionBytes;

    /// <summary>Extension headers have been read that no entry has followed yet.</summary>
    public bool HasPending { get; private set; }

    public void Begin(long offset)
    {
        _local.Clear();
        _longName = _longLink = null;
        _begin = offset;
        _extensionBytes = 0;
        HasPending = false;
    }

    public bool TryTake(ReadOnlySpan<byte> block, long offset, out TarHeader header)
    {
        header = default;
        if (!TarBlock.HasValidChecksum(block)
            || !TarBlock.TryNumber(block.Slice(124, 12), out header.StoredSize) || header.StoredSize < 0
            || !TarBlock.TryNumber(block.Slice(100, 8), out long mode)
            || !TarBlock.TryNumber(block.Slice(108, 8), out header.UserId)
            || !TarBlock.TryNumber(block.Slice(116, 8), out header.GroupId)
            || !TarBlock.TryNumber(block.Slice(136, 12), out header.Seconds))
        {
            return false;
        }

        header.Offset = offset;
        header.Type = block[156];
        header.Mode = (uint)mode & 0xFFF;
        header.Dialect = TarBlock.DialectOf(block);
        header.Name = TarBlock.Text(block[..100]).ToArray();
        header.LinkName = TarBlock.Text(block.Slice(157, 100)).ToArray();
        header.UserName = header.GroupName = [];
        if (header.Dialect != TarBlock.Dialect.V7)
        {
            header.UserName = TarBlock.Text(block.Slice(265, 32)).ToArray();
            header.GroupName = TarBlock.Text(block.Slice(297, 32)).ToArray();
            if (!TryDevice(block.Slice(329, 8), out header.DeviceMajor) || !TryDevice(block.Slice(337, 8), out header.DeviceMinor))
            {
                return false;
            }
        }

        ReadOnlySpan<byte> prefix = header.Dialect switch
        {
            TarBlock.Dialect.Ustar => TarBlock.Text(block.Slice(345, 155)),
            TarBlock.Dialect.Star => TarBlock.Text(block.Slice(345, 131)),
            _ => [],
        };
        if (prefix.Length > 0)
        {
            header.Name = [.. prefix, (byte)'/', .. header.Name];
        }

        if (header.HasNoContent)
        {
            header.StoredSize = 0;
        }

        return header.Type != 'S' || TryOldSparse(block, ref header);
    }

    /// <summary>The length of an extension's content, once it is known to be bearable.</summary>
    public int CheckExtension(in TarHeader header)
    {
        _extensionBytes += header.StoredSize + TarBlock.Size;
        if (header.StoredSize > limits.MaxHeaderBytes || _extensionBytes > limits.MaxHeaderBytes + (8L * TarBlock.Size))
        {
            throw TarErrors.Header(header.Offset, $"extension headers are longer than {limits.MaxHeaderBytes} bytes");
        }

        return (int)header.StoredSize;
    }

    public void AddExtension(in TarHeader header, byte[] content)
    {
        switch (header.Type)
        {
            case (byte)'x' or (byte)'X':
                _local.Parse(content, header.Offset);
                HasPending = true;
                break;
            case (byte)'g':
                var records = new PaxRecords();
                records.Parse(content, header.Offset);
                _global.Merge(records);
                if (_global.Bytes > limits.MaxHeaderBytes)
                {
                    throw TarErrors.Header(header.Offset, $"global headers are longer than {limits.MaxHeaderBytes} bytes");
                }

                break;
            case (byte)'L':
                _longName = TarBlock.Text(content).ToArray();
                HasPending = true;
                break;
            case (byte)'K':
                _longLink = TarBlock.Text(content).ToArray();
                HasPending = true;
                break;
            default:
                break; // a volume label, Solaris ACLs and inode data say nothing to us
        }
    }

    public TarEntry Finish(ref TarHeader header, List<SparseSegment> segments, out SparseForm form)
    {
        segments.Clear();
        byte[] name = Bytes("GNU.sparse.name") ?? Bytes("path") ?? _longName ?? header.Name;
        byte[] link = Bytes("linkpath") ?? _longLink ?? header.LinkName;
        var entry = new TarEntry
        {
            Offset = _begin,
            Name = name,
            LinkName = link,
            Mode = header.Mode,
            UserId = Number("uid", header.UserId),
            GroupId = Number("gid", header.GroupId),
            UserName = Bytes("uname") ?? header.UserName,
            GroupName = Bytes("gname") ?? header.GroupName,
            ModificationTime = Time("mtime") ?? new TarTime(header.Seconds),
            DeviceMajor = header.DeviceMajor,
            DeviceMinor = header.DeviceMinor,
        };
        entry.Type = TypeOf(header.Type, entry);
        if (name.Length == 0)
        {
            throw TarErrors.Entry(name, _begin, "has no name");
        }

        if (name.Length > limits.MaxNameLength || link.Length > limits.MaxNameLength)
        {
            throw TarErrors.Entry(name, _begin, $"name is longer than {limits.MaxNameLength} bytes");
        }

        if (name.Length > 1 && name[^1] == '/')
        {
            entry.Name = name.AsSpan().TrimEnd((byte)'/') is { Length: > 0 } trimmed ? trimmed.ToArray() : "/"u8.ToArray();
        }

        form = SparseForm.None;
        if (entry.Type == TarEntryType.File)
        {
            header.StoredSize = Number("size", header.StoredSize);
            if (header.StoredSize < 0)
            {
                throw TarErrors.Entry(name, _begin, "negative size");
            }

            entry.Size = header.StoredSize;
            form = FindSparse(header, entry, segments);
        }

        entry.Attributes = Attributes();
        return entry;
    }

    private TarEntryType TypeOf(byte type, TarEntry entry) => type switch
    {
        // old archives mark a directory by its name only
        (byte)'0' or 0 or (byte)'7' or (byte)'S' => entry.Name is [.., (byte)'/'] ? TarEntryType.Directory : TarEntryType.File,
        >= (byte)'1' and <= (byte)'6' => (TarEntryType)type,
        (byte)'D' => TarEntryType.Directory,
        _ => throw TarErrors.Entry(entry.Name, _begin, $"unknown type {TarErrors.Show([type])}"),
    };

    private SparseForm FindSparse(in TarHeader header, TarEntry entry, List<SparseSegment> segments)
    {
        if (header.OldSparse is not null)
        {
            segments.AddRange(header.OldSparse);
            entry.Size = header.RealSize;
            return header.SparseContinues ? SparseForm.OldContinued : SparseForm.Complete;
        }

        bool inContent = _local.TryGet("GNU.sparse.major", out byte[] major) && major.AsSpan().SequenceEqual("1"u8);
        var numbers = _local.SparseNumbers;
        if (_local.TryGet("GNU.sparse.map", out byte[] list))
        {
            numbers.Clear();
            if (!SparseMap.TryParseList(list, 2 * limits.MaxSparseSegments, numbers))
            {
                throw TarErrors.Entry(entry.Name, _begin, "malformed or too long sparse map");
            }
        }
        else if (!inContent && !_local.TryGet("GNU.sparse.numblocks", out _))
        {
            return SparseForm.None;
        }

        entry.Size = Number("GNU.sparse.realsize", Number("GNU.sparse.size", -1));
        if (entry.Size < 0)
        {
            throw TarErrors.Entry(entry.Name, _begin, "sparse file without a size");
        }

        if (!inContent && !SparseMap.TryFromNumbers(numbers, segments))
        {
            throw TarErrors.Entry(entry.Name, _begin, "malformed sparse map");
        }

        return inContent ? SparseForm.InContent : SparseForm.Complete;
    }

    private List<TarAttribute> Attributes()
    {
        var found = new List<TarAttribute>();
        foreach (var (key, value) in _local.All.Concat(_global.All))
        {
            if (key.StartsWith(PaxRecords.AttributePrefix, StringComparison.Ordinal) && key.Length > PaxRecords.AttributePrefix.Length)
            {
                found.Add(new TarAttribute(Encoding.UTF8.GetBytes(key[PaxRecords.AttributePrefix.Length..]), value));
            }
        }

        foreach (var (key, value) in _local.All)
        {
            if (key.StartsWith(PaxRecords.LibarchivePrefix, StringComparison.Ordinal)
                && !_local.TryGet(PaxRecords.AttributePrefix + key[PaxRecords.LibarchivePrefix.Length..], out _)
                && LibarchiveAttribute.TryDecode(key[PaxRecords.LibarchivePrefix.Length..], value, out TarAttribute attribute))
            {
                found.Add(attribute);
            }
        }

        return found;
    }

    // pax 1.0 hides the real name behind a made-up one, so a record of the entry wins over a global one
    private byte[]? Bytes(string key) => _local.TryGet(key, out byte[] value) || _global.TryGet(key, out value) ? value : null;

    private long Number(string key, long otherwise) =>
        Bytes(key) is not { } text ? otherwise
        : PaxRecords.TryNumber(text, out long number) ? number
        : throw TarErrors.Header(_begin, $"malformed pax record {key}");

    private TarTime? Time(string key) =>
        Bytes(key) is not { } text ? null
        : PaxRecords.TryTime(text, out TarTime time) ? time
        : throw TarErrors.Header(_begin, $"malformed pax record {key}");

    private static bool TryDevice(ReadOnlySpan<byte> field, out uint number)
    {
        bool sound = TarBlock.TryNumber(field, out long value) && value is >= 0 and <= uint.MaxValue;
        number = (uint)value;
        return sound;
    }

    private static bool TryOldSparse(ReadOnlySpan<byte> block, ref TarHeader header)
    {
        header.OldSparse = [];
        header.SparseContinues = block[482] != 0;
        return header.Dialect == TarBlock.Dialect.Gnu
            && TarBlock.TryNumber(block.Slice(483, 12), out header.RealSize) && header.RealSize >= 0
            && SparseMap.TryAppendOld(header.OldSparse, block.Slice(386, 4 * SparseMap.SegmentLength));
    }
}
