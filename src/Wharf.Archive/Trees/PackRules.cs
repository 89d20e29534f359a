using Wharf.Archive.Layers;

namespace Wharf.Archive.Trees;

/// <summary>How a tree becomes an archive.</summary>
internal sealed record PackRules
{
    /// <summary>Put before every member's name, with a slash between unless empty; Latin-1 for bytes as in <see cref="TreePath"/>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Write the top directory itself as a member.</summary>
    public bool IncludeTop { get; init; }

    /// <summary>The tree is an overlay's upper directory: its marks become those of layers.</summary>
    public bool FromOverlay { get; init; }

    public IdentityMap Owners { get; init; } = IdentityMap.None;
}
