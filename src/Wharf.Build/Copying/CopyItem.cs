namespace Wharf.Build.Copying;

/// <summary>One thing to copy.</summary>
/// <param name="Tree">Where it comes from.</param>
/// <param name="Path">Relative to the tree's root; "" for the root itself.</param>
/// <param name="Target">Absolute path in the image: of the file, or of the folder that takes the directory's content.</param>
public sealed record CopyItem(SourceTree Tree, string Path, string Target);

/// <summary>How copied files look.</summary>
public sealed record CopyLook
{
    /// <summary>Owner from --chown; null to keep the source's (other stages) or root (the context).</summary>
    public (uint User, uint Group)? Owner { get; init; }

    public ModeChange? Mode { get; init; }

    /// <summary>Mode of folders that have to be made on the way: an octal --chmod goes for them too, as with BuildKit.</summary>
    public uint FolderMode => Mode?.Octal ?? 0b111_101_101;

    /// <summary>Paths below the source that are left out (--exclude).</summary>
    public Primitives.IgnorePatterns? Exclude { get; init; }

    /// <summary>Modification time of everything made, for builds that must give the same bytes; null keeps the sources' times.</summary>
    public DateTimeOffset? Time { get; init; }
}
