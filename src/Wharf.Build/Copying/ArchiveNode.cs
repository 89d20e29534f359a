using Wharf.Linux;

namespace Wharf.Build.Copying;

/// <summary>A member of an <see cref="ArchiveTree"/>; two names of one file are one node.</summary>
internal sealed class ArchiveNode
{
    public uint Mode { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    /// <summary>Which of the archive's members first told of it; above 0 when there are others.</summary>
    public ulong SharedId { get; set; }

    /// <summary>Seconds since the epoch.</summary>
    public long Modified { get; init; }

    public ulong Device { get; set; }

    /// <summary>Where a file's bytes begin, and how many they are.</summary>
    public long Offset { get; set; }

    public long Length { get; set; }

    /// <summary>SHA-256 of a file's bytes.</summary>
    public byte[]? Hash { get; set; }

    /// <summary>What a symbolic link says.</summary>
    public byte[]? Link { get; set; }

    /// <summary>Of a directory; null for anything else.</summary>
    public SortedDictionary<string, ArchiveNode>? Children { get; set; }

    /// <summary>A directory that no member describes.</summary>
    public static ArchiveNode NewDirectory() =>
        new() { Mode = FileType.Directory | 0b111_101_101, Children = new SortedDictionary<string, ArchiveNode>(StringComparer.Ordinal) };
}
