namespace Wharf.Archive.Layers;

/// <summary>The numbers of the Engine API's container changes.</summary>
public enum FileChangeKind
{
    Modified = 0,
    Added = 1,
    Deleted = 2,
}

/// <summary>One line of <c>docker diff</c>: an absolute path inside the container and what happened to it.</summary>
public sealed record FileChange(string Path, FileChangeKind Kind);
