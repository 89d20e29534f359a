namespace Wharf.Archive.Tar;

/// <summary>One header block as parsed, before extension headers have their say.</summary>
internal struct TarHeader
{
    public byte Type;
    public TarBlock.Dialect Dialect;
    public byte[] Name;
    public byte[] LinkName;
    public long StoredSize;
    public long Offset;
    public uint Mode;
    public long UserId;
    public long GroupId;
    public long Seconds;
    public byte[] UserName;
    public byte[] GroupName;
    public uint DeviceMajor;
    public uint DeviceMinor;

    /// <summary>Old GNU sparse: the file's length with holes, and whether the map goes on in blocks of its own.</summary>
    public long RealSize;
    public bool SparseContinues;
    public List<SparseSegment>? OldSparse;

    public readonly bool IsExtension => Type is (byte)'x' or (byte)'X' or (byte)'g' or (byte)'L' or (byte)'K' or (byte)'V' or (byte)'A' or (byte)'I';

    /// <summary>Types whose size field speaks of something else than content (Go's isHeaderOnlyType).</summary>
    public readonly bool HasNoContent => Type is >= (byte)'1' and <= (byte)'6';
}

/// <summary>How the sparse map of an entry comes, if there is one.</summary>
internal enum SparseForm
{
    None,
    Complete,
    OldContinued,
    InContent,
}
