using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wharf.Oci.Images;

/// <summary>
/// An image's configuration document, whose digest is the image's id: OCI image specification, "Image Configuration", and Docker's
/// older form of it. Docker sorts the keys of the document, so they are declared in that order.
/// </summary>
public sealed record ImageConfig
{
    [JsonPropertyName("architecture")]
    public string? Architecture { get; set; }

    [JsonPropertyName("author")]
    public string? Author { get; set; }

    [JsonPropertyName("comment")]
    public string? Comment { get; set; }

    /// <summary>What containers of this image run by default; null in some hand-made images.</summary>
    [JsonPropertyName("config")]
    public RunConfig? Config { get; set; }

    /// <summary>Id of the container from which Docker committed the image.</summary>
    [JsonPropertyName("container")]
    public string? Container { get; set; }

    [JsonPropertyName("container_config")]
    public RunConfig? ContainerConfig { get; set; }

    /// <summary>RFC 3339 with up to nine decimals, kept as written.</summary>
    [JsonPropertyName("created")]
    public string? Created { get; set; }

    [JsonPropertyName("docker_version")]
    public string? DockerVersion { get; set; }

    [JsonPropertyName("history")]
    public IReadOnlyList<HistoryEntry>? History { get; set; }

    [JsonPropertyName("os")]
    public string? Os { get; set; }

    [JsonPropertyName("os.features")]
    public IReadOnlyList<string>? OsFeatures { get; set; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; set; }

    [JsonPropertyName("parent")]
    public string? Parent { get; set; }

    [JsonPropertyName("rootfs")]
    public RootFilesystem? RootFs { get; set; }

    [JsonPropertyName("variant")]
    public string? Variant { get; set; }

    /// <summary>Fields this build does not know (BuildKit's cache hints and the like); written back, after the known ones.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    [JsonIgnore]
    public Platform Platform => new()
    {
        Os = Os ?? "",
        Architecture = Architecture ?? "",
        Variant = Variant,
        OsVersion = OsVersion,
        OsFeatures = OsFeatures,
    };
}

/// <summary>The stack of layers, bottom first, as digests of the uncompressed tars.</summary>
public sealed record RootFilesystem
{
    [JsonPropertyName("type")]
    public string Type { get; set; } = "layers";

    [JsonPropertyName("diff_ids")]
    public IReadOnlyList<Primitives.Digest>? DiffIds { get; set; }
}

/// <summary>One step of how an image came to be; <see cref="EmptyLayer"/> steps changed only the configuration.</summary>
public sealed record HistoryEntry
{
    [JsonPropertyName("created")]
    public string? Created { get; set; }

    [JsonPropertyName("author")]
    public string? Author { get; set; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; set; }

    [JsonPropertyName("comment")]
    public string? Comment { get; set; }

    [JsonPropertyName("empty_layer")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool EmptyLayer { get; set; }
}
