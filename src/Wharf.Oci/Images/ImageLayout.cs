using System.Text.Json.Serialization;

namespace Wharf.Oci.Images;

/// <summary>The <c>oci-layout</c> file: OCI image specification, "Image Layout".</summary>
public sealed record ImageLayout
{
    public const string FileName = "oci-layout";
    public const string IndexFileName = "index.json";

    [JsonPropertyName("imageLayoutVersion")]
    public string? Version { get; set; } = "1.0.0";
}

/// <summary>One image in the <c>manifest.json</c> of an archive made by <c>docker save</c>.</summary>
public sealed record DockerArchiveEntry
{
    public const string FileName = "manifest.json";

    /// <summary>Path of the configuration inside the archive.</summary>
    public string Config { get; set; } = "";

    public IReadOnlyList<string>? RepoTags { get; set; }

    /// <summary>Paths of the layers inside the archive, bottom first.</summary>
    public IReadOnlyList<string> Layers { get; set; } = [];

    /// <summary>The id of the image this one was made from, when that is in the archive too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parent { get; set; }

    /// <summary>Blob descriptors of layers by diff id, for layers with a media type of their own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, Descriptor>? LayerSources { get; set; }
}
