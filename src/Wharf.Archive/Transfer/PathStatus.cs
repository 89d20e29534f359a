namespace Wharf.Archive.Transfer;

/// <summary>
/// What the Engine API tells of a path in a container (header X-Docker-Container-Path-Stat). <paramref name="Mode"/> is Go's
/// os.FileMode, whose type bits differ from stat(2)'s.
/// </summary>
public sealed record PathStatus(string Name, long Size, uint Mode, DateTimeOffset ModificationTime, string LinkTarget);

/// <summary>Rules of PUT /containers/{id}/archive.</summary>
public sealed record ExtractOptions
{
    /// <summary>Refuse to replace a directory by something else or the other way round.</summary>
    public bool NoOverwriteDirNonDir { get; init; }

    /// <summary>The name to take for one of the archive, each byte a character of Latin-1; null keeps them.</summary>
    public Func<string, string>? Rename { get; init; }

    /// <summary>Keep the archive's owners; otherwise everything belongs to <see cref="UserId"/> and <see cref="GroupId"/>.</summary>
    public bool CopyOwners { get; init; } = true;

    public uint UserId { get; init; }

    public uint GroupId { get; init; }
}
