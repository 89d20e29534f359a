using Wharf.Api.Containers;

namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>ImageInspect</c>.</summary>
public sealed class ImageInspect
{
    public string? Id { get; set; }

    public OciDescriptor? Descriptor { get; set; }

    public List<ImageManifestSummary>? Manifests { get; set; }

    public ImageIdentity? Identity { get; set; }

    public List<string>? RepoTags { get; set; }

    public List<string>? RepoDigests { get; set; }

    /// <summary>Until 1.51: the image this one was made from; empty when it is not known here.</summary>
    public string? Parent { get; set; }

    public string? Comment { get; set; }

    public string? Created { get; set; }

    /// <summary>Until 1.44: the container it was made in.</summary>
    public string? Container { get; set; }

    /// <summary>Until 1.44: the configuration of that container.</summary>
    public ContainerConfig? ContainerConfig { get; set; }

    /// <summary>Until 1.51: the version of the engine that made it.</summary>
    public string? DockerVersion { get; set; }

    public string? Author { get; set; }

    public ImageConfig? Config { get; set; }

    public string? Architecture { get; set; }

    public string? Variant { get; set; }

    public string? Os { get; set; }

    public string? OsVersion { get; set; }

    public long Size { get; set; }

    /// <summary>Until 1.43: the same as <see cref="Size"/>.</summary>
    public long? VirtualSize { get; set; }

    public DriverData? GraphDriver { get; set; }

    public ImageInspectRootFS? RootFS { get; set; }

    public ImageInspectMetadata? Metadata { get; set; }
}
