using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Wharf.Oci.Distribution;
using Wharf.Primitives;

namespace Wharf.Oci.Images;

/// <summary>Reading and writing of the image records: source-generated, Go's escaping, nothing optional written when null.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 64,
    Converters = [typeof(DigestJsonConverter)])]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ImageConfig))]
[JsonSerializable(typeof(Descriptor))]
[JsonSerializable(typeof(ImageLayout))]
[JsonSerializable(typeof(IReadOnlyList<DockerArchiveEntry>))]
[JsonSerializable(typeof(SortedDictionary<string, SortedDictionary<string, string>>))]
[JsonSerializable(typeof(RegistryErrors))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(SearchAnswer))]
internal sealed partial class OciImageJsonContext : JsonSerializerContext;

/// <summary>The door to <see cref="OciImageJsonContext"/>: bytes as Go would write them.</summary>
public static class OciImageJson
{
    /// <summary>Serializer metadata of every image and distribution record.</summary>
    public static JsonSerializerContext Context => Instance;

    internal static OciImageJsonContext Instance { get; } = new(new JsonSerializerOptions(OciImageJsonContext.Default.Options)
    {
        Encoder = GoJsonEncoder.Instance,
    });

    private static OciImageJsonContext Indented { get; } = new(new JsonSerializerOptions(OciImageJsonContext.Default.Options)
    {
        Encoder = GoJsonEncoder.Instance,
        WriteIndented = true,
        IndentSize = 3,
        NewLine = "\n",
    });

    /// <summary>Metadata of a docker-archive's manifest.json.</summary>
    public static JsonTypeInfo<IReadOnlyList<DockerArchiveEntry>> ArchiveEntries => Instance.IReadOnlyListDockerArchiveEntry;

    /// <summary>Metadata of the <c>repositories</c> file: tags with their image or layer ids, by repository.</summary>
    public static JsonTypeInfo<SortedDictionary<string, SortedDictionary<string, string>>> Repositories =>
        Instance.SortedDictionaryStringSortedDictionaryStringString;

    public static JsonTypeInfo<RegistryErrors> RegistryErrors => Instance.RegistryErrors;

    public static JsonTypeInfo<TokenResponse> TokenResponse => Instance.TokenResponse;

    public static JsonTypeInfo<TagList> TagList => Instance.TagList;

    public static JsonTypeInfo<SearchAnswer> SearchAnswer => Instance.SearchAnswer;

    public static byte[] Write(ImageConfig config) => JsonSerializer.SerializeToUtf8Bytes(config, Instance.ImageConfig);

    public static byte[] Write(ImageManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, Instance.ImageManifest);

    /// <summary>Indented by three blanks, as Docker has always written the schema 2 manifests that it pushes.</summary>
    public static byte[] WriteIndented(ImageManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, Indented.ImageManifest);

    public static byte[] Write(ImageIndex index) => JsonSerializer.SerializeToUtf8Bytes(index, Instance.ImageIndex);

    public static byte[] Write(Descriptor descriptor) => JsonSerializer.SerializeToUtf8Bytes(descriptor, Instance.Descriptor);

    public static byte[] Write(ImageLayout layout) => JsonSerializer.SerializeToUtf8Bytes(layout, Instance.ImageLayout);

    /// <exception cref="WharfException">InvalidArgument when the bytes are no image configuration.</exception>
    public static ImageConfig ReadConfig(ReadOnlySpan<byte> json) => Read(json, Instance.ImageConfig, "image configuration");

    /// <exception cref="WharfException">InvalidArgument when the bytes are no index.</exception>
    public static ImageIndex ReadIndex(ReadOnlySpan<byte> json) => Read(json, Instance.ImageIndex, "image index");

    /// <exception cref="WharfException">InvalidArgument when the bytes are no manifest.</exception>
    public static ImageManifest ReadManifest(ReadOnlySpan<byte> json) => Read(json, Instance.ImageManifest, "image manifest");

    /// <exception cref="WharfException">InvalidArgument when the bytes are no descriptor.</exception>
    public static Descriptor ReadDescriptor(ReadOnlySpan<byte> json) => Read(json, Instance.Descriptor, "descriptor");

    internal static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw WharfException.Invalid($"invalid {what}: null");
        }
        catch (JsonException e)
        {
            throw WharfException.Invalid($"invalid {what}: {JsonMistake.Of(e)}", e);
        }
    }
}
