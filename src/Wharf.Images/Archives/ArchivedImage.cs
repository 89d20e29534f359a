using Wharf.Images.Index;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Archives;

/// <summary>An image found in an archive, checked as far as it can be without unpacking.</summary>
internal sealed record ArchivedImage
{
    public required ReadOnlyMemory<byte> RawConfig { get; init; }

    public required ImageConfig Config { get; init; }

    /// <summary>Members of the archive, bottom first; one per diff id.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    public IReadOnlyList<ImageReference> Tags { get; init; } = [];

    /// <summary>The image of the same archive that this one was made from, by the archive's word; empty when there is none.</summary>
    public Digest Parent { get; init; }

    public ImageDocument? Manifest { get; init; }

    public Descriptor? Target { get; init; }

    public IReadOnlyList<ImageDocument> Documents { get; init; } = [];

    public IReadOnlyList<LayerBlob> LayerBlobs { get; init; } = [];

    /// <summary>Reads and checks a configuration.</summary>
    /// <exception cref="WharfException">InvalidArgument.</exception>
    public static ImageConfig ReadConfig(ReadOnlyMemory<byte> raw, int layers)
    {
        ImageConfig config = OciImageJson.ReadConfig(raw.Span);
        if (config.RootFs is not { Type: "layers" } rootFs)
        {
            throw WharfException.Invalid("invalid image config: it has no rootfs of type layers");
        }

        int diffs = rootFs.DiffIds?.Count ?? 0;
        if (diffs != layers)
        {
            throw WharfException.Invalid($"invalid manifest, layers length mismatch: expected {layers}, got {diffs}");
        }

        if (diffs > Limits.Layers)
        {
            throw WharfException.Invalid($"image has {diffs} layers, at most {Limits.Layers} are allowed");
        }

        if ((rootFs.DiffIds ?? []).Any(d => d.Algorithm != "sha256"))
        {
            throw WharfException.Invalid("invalid image config: only sha256 diff ids are supported");
        }

        return config.Os is null or "" or "linux" ? config : throw WharfException.Invalid($"cannot load {config.Os} image on linux");
    }
}
