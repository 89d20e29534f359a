using Wharf.Build.Copying;

namespace Wharf.Build.Execution;

/// <summary>One resolved source of COPY or ADD.</summary>
/// <param name="Tree">Where it is.</param>
/// <param name="Path">Relative to the tree's root.</param>
/// <param name="Name">The file name it gets in a folder.</param>
/// <param name="Unpack">ADD: an archive whose content is meant.</param>
internal sealed record CopySource(SourceTree Tree, string Path, string Name, bool IsDirectory, bool Unpack);
