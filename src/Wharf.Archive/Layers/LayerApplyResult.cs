using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Tar;
using Wharf.Primitives;

namespace Wharf.Archive.Layers;

/// <summary>How a layer is to be unpacked.</summary>
public sealed record LayerApplyOptions
{
    public static readonly LayerApplyOptions Default = new();

    public WhiteoutStyle Whiteouts { get; init; } = WhiteoutStyle.Delete;

    public IdentityMap Owners { get; init; } = IdentityMap.None;

    public TarLimits Limits { get; init; } = TarLimits.Default;

    /// <summary>An empty directory, on the file system of the target, for the recipe by which <see cref="LayerRecipe"/> gives the tar again; null for none. Stays open.</summary>
    public SafeFileHandle? Recipe { get; init; }
}

/// <summary>What unpacking a layer found out.</summary>
/// <param name="DiffId">sha256 over every byte of the uncompressed stream, trailing padding included.</param>
/// <param name="Size">Bytes of file content, as Docker counts a layer's size (hard links once, holes included).</param>
/// <param name="Entries">Members applied.</param>
/// <param name="TarSize">Bytes of the uncompressed stream.</param>
public sealed record LayerApplyResult(Digest DiffId, long Size, long Entries, long TarSize)
{
    /// <summary>Extended attributes that the file system below cannot hold, or that are the engine's own; they were left out.</summary>
    public long SkippedAttributes { get; init; }

    /// <summary>The recipe that was asked for is good: the tar can be given again from it and the files.</summary>
    public bool HasRecipe { get; init; }
}
