using System.Text;

namespace Wharf.Archive.Tar;

/// <summary>
/// One member of an archive with the meaning of all its extension headers folded in. Names and attribute values are bytes: a file
/// name has no encoding, and file capabilities are binary. Nothing in it is to be trusted when it comes from a reader.
/// </summary>
public sealed class TarEntry
{
    public TarEntryType Type { get; set; } = TarEntryType.File;

    /// <summary>The path as written, without the slash that ends a directory's name.</summary>
    public byte[] Name { get; set; } = [];

    /// <summary>Target of a symbolic link, or the earlier member a hard link names.</summary>
    public byte[] LinkName { get; set; } = [];

    /// <summary>Permission bits with set-user-id, set-group-id and sticky (07777).</summary>
    public uint Mode { get; set; }

    public long UserId { get; set; }

    public long GroupId { get; set; }

    public byte[] UserName { get; set; } = [];

    public byte[] GroupName { get; set; } = [];

    /// <summary>Bytes of content, holes expanded.</summary>
    public long Size { get; set; }

    public TarTime ModificationTime { get; set; }

    public uint DeviceMajor { get; set; }

    public uint DeviceMinor { get; set; }

    /// <summary>Extended attributes (SCHILY.xattr.*), in the order of the archive.</summary>
    public List<TarAttribute> Attributes { get; set; } = [];

    /// <summary>Where the entry's first header begins in the archive; for error texts.</summary>
    public long Offset { get; internal set; }

    /// <summary>The name for people and for comparison with known names; invalid UTF-8 becomes U+FFFD.</summary>
    public string NameText => Encoding.UTF8.GetString(Name);

    public string LinkNameText => Encoding.UTF8.GetString(LinkName);

    public static TarEntry ForFile(string name, long size, uint mode = 0b110_100_100, TarTime modified = default) =>
        new() { Name = Encoding.UTF8.GetBytes(name), Size = size, Mode = mode, ModificationTime = modified };

    public static TarEntry ForDirectory(string name, uint mode = 0b111_101_101, TarTime modified = default) =>
        new() { Type = TarEntryType.Directory, Name = Encoding.UTF8.GetBytes(name), Mode = mode, ModificationTime = modified };
}

/// <summary>An extended attribute: the name as the kernel knows it (<c>security.capability</c>) and the raw value.</summary>
public readonly record struct TarAttribute(byte[] Name, byte[] Value);
