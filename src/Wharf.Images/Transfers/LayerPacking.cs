using Wharf.Archive.Compression;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Transfers;

/// <summary>The form in which layers leave the engine, and the media types that name it.</summary>
public sealed record LayerPacking
{
    /// <summary>gzip for registries, as it is for archives, and layers that are known in some form in that one.</summary>
    public static LayerPacking Usual { get; } = new();

    /// <summary>Null for what is usual where they go.</summary>
    public CompressionKind? Compression { get; init; }

    /// <summary>Of the format; null for its default.</summary>
    public int? Level { get; init; }

    /// <summary>Also layers that are known in another form: base images, mostly.</summary>
    public bool Force { get; init; }

    /// <summary>OCI's media types instead of Docker's.</summary>
    public bool UsesOciTypes { get; init; }

    /// <param name="compression">gzip, zstd or uncompressed; null or empty for the usual.</param>
    /// <param name="level">A number; null or empty for the format's default.</param>
    /// <param name="force">See <see cref="Force"/>.</param>
    /// <param name="oci">See <see cref="UsesOciTypes"/>.</param>
    /// <exception cref="WharfException">InvalidArgument: another compression, a level outside of it.</exception>
    public static LayerPacking Parse(string? compression, string? level, bool force, bool oci)
    {
        CompressionKind? kind = compression switch
        {
            null or "" => null,
            "gzip" => CompressionKind.Gzip,
            "zstd" => CompressionKind.Zstd,
            "uncompressed" => CompressionKind.None,
            _ => throw WharfException.Invalid($"unsupported layer compression \"{compression}\": use gzip, zstd or uncompressed"),
        };
        int? number = null;
        if (level is { Length: > 0 })
        {
            (int least, int most) = kind switch
            {
                CompressionKind.Zstd => (1, 22),
                CompressionKind.Gzip => (0, 9),
                _ => throw WharfException.Invalid("compression-level needs compression=gzip or compression=zstd"),
            };
            number = int.TryParse(level, out int given) && given >= least && given <= most ? given
                : throw WharfException.Invalid($"invalid compression-level \"{level}\": {compression} has {least} to {most}");
        }

        return new LayerPacking { Compression = kind, Level = number, Force = force, UsesOciTypes = oci };
    }

    /// <summary>Whether a layer may leave in a form that it is known in.</summary>
    internal bool Accepts(string mediaType) => !Force || (Level is null && Compression == KindOf(mediaType));

    internal static string MediaTypeOf(CompressionKind kind, bool oci) => kind switch
    {
        CompressionKind.None => oci ? MediaTypes.OciLayer : MediaTypes.DockerLayer,
        CompressionKind.Zstd => MediaTypes.OciLayerZstd,
        _ => oci ? MediaTypes.OciLayerGzip : MediaTypes.DockerLayerGzip,
    };

    private static CompressionKind? KindOf(string mediaType) => mediaType switch
    {
        MediaTypes.OciLayer or MediaTypes.DockerLayer => CompressionKind.None,
        MediaTypes.OciLayerGzip or MediaTypes.DockerLayerGzip => CompressionKind.Gzip,
        MediaTypes.OciLayerZstd or MediaTypes.DockerLayerZstd => CompressionKind.Zstd,
        _ => null,
    };
}
