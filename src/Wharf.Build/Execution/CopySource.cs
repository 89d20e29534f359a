using Wharf.Build.Copying;

namespace Wharf.Build.Execution;

/// <summary>One resolved source of COPY or ADD.</summary>
/// <param name="Tree">Where it is.</param>
/// <param name="Path">Relative to the tree's root.</param>
/// <param name="Name">The file name it gets in a folder.</param>
/// <param name="Unpack">ADD: an archive whose content is meant.</param>
internal sealed record CopySource(SourceTree Tree, string Path, string Name, bool IsDirectory, bool Unpack)
{
    /// <summary>With --parents: the path that is kept, from the pivot on.</summary>
    public string PlacedPath { get; init; } = Path;

    /// <summary>Stands for the content in cache keys where there is something better than reading it: a commit.</summary>
    public string? Identity { get; init; }
}
