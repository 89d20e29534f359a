using Wharf.Api.Containers;
using Wharf.Api.Images;
using Wharf.Api.Versions;
using Wharf.Images.Catalog;
using Wharf.Images.Transfers;
using Wharf.Primitives;
using Descriptor = Wharf.Oci.Images.Descriptor;
using Platform = Wharf.Oci.Images.Platform;

namespace Wharf.Api.Server.Images;

/// <summary>Images as the API shows them, to each version what it knows.</summary>
internal static class ImageViews
{
    private static readonly ApiVersion NamesOfNothingGone = new(1, 43);
    private static readonly ApiVersion VirtualSizeGone = new(1, 44);
    private static readonly ApiVersion ContainerConfigGone = new(1, 45);
    private static readonly ApiVersion DescriptorSince = new(1, 48);
    public static readonly ApiVersion ListedIdentitySince = new(1, 54);
    private static readonly ApiVersion IdentitySince = new(1, 53);
    private static readonly ApiVersion ConfigNullsGone = new(1, 52);
    private const string ZeroTime = "0001-01-01T00:00:00Z";

    public static ImageSummary Summary(ImageListEntry entry, ApiVersion version) => new()
    {
        Id = entry.Id.ToString(),
        ParentId = entry.Parent.ToString(),
        RepoTags = Nameless(entry, version) ? ["<none>:<none>"] : [.. entry.RepoTags],
        RepoDigests = Nameless(entry, version) ? ["<none>@<none>"] : [.. entry.RepoDigests],
        Created = entry.Created.ToUnixTimeSeconds(),
        Size = entry.Size,
        VirtualSize = version < VirtualSizeGone ? entry.Size : null,
        SharedSize = entry.SharedSize,
        Containers = entry.Containers,
        Labels = entry.Labels is null ? null : new Dictionary<string, string>(entry.Labels),
        Manifests = entry.Manifests is null ? null : [.. entry.Manifests.Select(m => Manifest(m, Identity(entry.Origin)))],
        Descriptor = version < DescriptorSince || entry.Target is null ? null : Descriptor(entry.Target),
    };

    public static ImageInspect Inspect(ImageDetails image, bool manifests, ApiVersion version) => new()
    {
        Id = image.Id.ToString(),
        Descriptor = version < DescriptorSince || image.Target is null ? null : Descriptor(image.Target),
        Manifests = manifests ? [.. image.Manifests.Select(m => Manifest(m, null))] : null,
        Identity = version < IdentitySince ? null : Identity(image.Origin),
        RepoTags = [.. image.RepoTags],
        RepoDigests = [.. image.RepoDigests],
        Parent = version < ConfigNullsGone ? image.Parent.ToString() : null,
        Comment = image.Config.Comment ?? string.Empty,
        Created = image.Config.Created ?? (version < VirtualSizeGone ? ZeroTime : null),
        Container = version < ContainerConfigGone ? "" : null,
        ContainerConfig = version < ContainerConfigGone ? ImageConfigView.OfNoContainer() : null,
        DockerVersion = version < ConfigNullsGone ? image.Config.DockerVersion ?? string.Empty : null,
        Author = image.Config.Author ?? string.Empty,
        Config = ImageConfigView.Of(image.Config.Config, version),
        Architecture = image.Config.Architecture ?? string.Empty,
        Variant = image.Config.Variant,
        Os = image.Config.Os ?? string.Empty,
        OsVersion = image.Config.OsVersion,
        Size = image.Size,
        VirtualSize = version < VirtualSizeGone ? image.Size : null,
        GraphDriver = new DriverData { Name = image.DriverName, Data = new Dictionary<string, string>(image.DriverData) },
        RootFS = new ImageInspectRootFS { Type = "layers", Layers = image.Layers.Count == 0 ? null : [.. image.Layers.Select(layer => layer.DiffId.ToString())] },
        Metadata = new ImageInspectMetadata { LastTagTime = GoTime(image.LastTagged) },
    };

    public static ImageHistoryResponseItem History(ImageHistoryItem item) => new()
    {
        Id = item.Id.IsEmpty ? "<missing>" : item.Id.ToString(),
        Created = item.Created?.ToUnixTimeSeconds() ?? 0,
        CreatedBy = item.CreatedBy,
        Tags = item.Tags.Count == 0 ? null : [.. item.Tags],
        Size = item.Size,
        Comment = item.Comment,
    };

    public static List<ImageDeleteResponseItem> Deletions(IEnumerable<ImageDeletion> deletions) =>
        [.. deletions.Select(deletion => new ImageDeleteResponseItem { Untagged = deletion.Untagged, Deleted = deletion.Deleted })];

    public static AttestationStatement Attestation(ImageAttestation attestation, bool withStatement) => new()
    {
        Descriptor = Descriptor(attestation.Descriptor),
        PredicateType = attestation.PredicateType,
        Statement = withStatement ? attestation.Statement : null,
    };

    public static ImageSearchResult Search(SearchResult result) => new()
    {
        Name = result.Name,
        Description = result.Description,
        StarCount = result.StarCount,
        IsOfficial = result.IsOfficial,
        IsAutomated = result.IsAutomated,
    };

    public static OciDescriptor Descriptor(Descriptor descriptor) => new()
    {
        MediaType = descriptor.MediaType,
        Digest = descriptor.Digest.ToString(),
        Size = descriptor.Size,
        Urls = descriptor.Urls is null ? null : [.. descriptor.Urls],
        Annotations = descriptor.Annotations is null ? null : new Dictionary<string, string>(descriptor.Annotations),
        Data = descriptor.Data is null ? null : Convert.ToBase64String(descriptor.Data),
        Platform = descriptor.Platform is null ? null : Platform(descriptor.Platform),
        ArtifactType = descriptor.ArtifactType,
    };

    public static OciPlatform Platform(Platform platform) => new()
    {
        Architecture = platform.Architecture,
        Os = platform.Os,
        OsVersion = platform.OsVersion,
        OsFeatures = platform.OsFeatures is null ? null : [.. platform.OsFeatures],
        Variant = platform.Variant,
    };

    private static ImageManifestSummary Manifest(ImageManifestDetails manifest, ImageIdentity? identity) => new()
    {
        ID = manifest.Descriptor.Digest.ToString(),
        Descriptor = Descriptor(manifest.Descriptor),
        Available = manifest.Available,
        Size = new ImageManifestSummarySize { Content = manifest.ContentSize, Total = manifest.ContentSize + manifest.UnpackedSize },
        Kind = manifest.Kind,
        ImageData = manifest.Kind != "image" ? null : new ImageManifestSummaryImageData
        {
            Platform = manifest.Platform is null ? null : Platform(manifest.Platform),
            Identity = identity,
            Containers = [.. manifest.Containers],
            Size = new ImageManifestSummaryImageDataSize { Unpacked = manifest.UnpackedSize },
        },
        AttestationData = manifest.Kind != "attestation" ? null : new ImageManifestSummaryAttestationData { For = manifest.AttestationFor.ToString() },
    };

    private static ImageIdentity? Identity(ImageOrigin origin) => origin.Repositories.Count == 0 ? null : new ImageIdentity
    {
        Pull = [.. origin.Repositories.Select(name => new PullIdentity { Repository = name })],
        Signature = origin.SignedAs.Count == 0 ? null : [.. origin.SignedAs.Select(name => new SignatureIdentity
        {
            Name = "cosign signature by a key of the trust policy",
            DockerReference = name,
            SignatureType = "simplesigning-v1",
        })],
    };

    // Go writes the zero time for "never".
    private static string GoTime(DateTimeOffset? moment) =>
        moment?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'") ?? ZeroTime;

    private static bool Nameless(ImageListEntry entry, ApiVersion version) =>
        version < NamesOfNothingGone && entry.RepoTags.Count == 0 && entry.RepoDigests.Count == 0;
}
