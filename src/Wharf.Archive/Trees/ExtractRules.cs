using Wharf.Archive.Layers;

namespace Wharf.Archive.Trees;

/// <summary>What an extraction is for decides a few of its rules.</summary>
internal sealed record ExtractRules
{
    public WhiteoutStyle Whiteouts { get; init; } = WhiteoutStyle.Keep;

    public IdentityMap Owners { get; init; } = IdentityMap.None;

    /// <summary>All members belong to this user and group (host ids), whatever the archive says.</summary>
    public (uint User, uint Group)? ForcedOwner { get; init; }

    /// <summary>Refuse to replace a directory by something else or the other way round.</summary>
    public bool NoOverwriteDirNonDir { get; init; }

    /// <summary>The tree is new and only ours: no default ACLs are inherited but those of the archive.</summary>
    public bool Private { get; init; }
}
