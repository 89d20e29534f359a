using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Wharf.Primitives;

namespace Wharf.Registry.Tests.Conformance;

/// <summary>Blobs and manifests that belong together, made up at random, with the tags and referrers they should show up under.</summary>
internal sealed class Package(string algorithm = "sha256")
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json", Index = "application/vnd.oci.image.index.v1+json";
    private const string Empty = "application/vnd.oci.empty.v1+json", Config = "application/vnd.oci.image.config.v1+json";

    public Dictionary<Digest, byte[]> Blobs { get; } = [];

    /// <summary>In the order in which they can be pushed.</summary>
    public List<(Digest Digest, string MediaType, byte[] Content)> Manifests { get; } = [];

    public Dictionary<string, Digest> Tags { get; } = [];

    /// <summary>Subject, referrer, the type it is listed under.</summary>
    public List<(Digest Subject, Digest Referrer, string ArtifactType)> Referrers { get; } = [];

    public static Digest DigestOf(byte[] content, string algorithm) => algorithm == "sha512"
        ? Digest.Parse("sha512:" + Convert.ToHexStringLower(SHA512.HashData(content)))
        : Digest.Sha256(content);

    public JsonObject AddBlob(byte[] content, string mediaType)
    {
        Digest digest = DigestOf(content, algorithm);
        Blobs[digest] = content;
        return Describe(digest, content.Length, mediaType);
    }

    public JsonObject AddRandom(string mediaType, int size = 512) => AddBlob(RandomNumberGenerator.GetBytes(size), mediaType);

    /// <summary>An image of so many layers.</summary>
    public JsonObject AddImage(string? tag = null, int layers = 2, JsonObject? subject = null, Action<JsonObject>? change = null)
    {
        byte[] config = Encoding.UTF8.GetBytes($$"""{"rootfs":{"type":"layers","diff_ids":[]},"architecture":"amd64","os":"linux","author":"{{Guid.NewGuid()}}" }""");
        return AddManifest(AddBlob(config, Config), [.. Enumerable.Range(0, layers).Select(_ => (JsonNode)AddRandom("application/vnd.oci.image.layer.v1.tar+gzip"))], tag, subject, Config, change);
    }

    /// <summary>Something that is no image: a type of its own, an empty configuration, one blob.</summary>
    public JsonObject AddArtifact(string type, string? tag = null, JsonObject? subject = null, bool withContent = true) =>
        AddManifest(AddBlob("{}"u8.ToArray(), Empty), [withContent ? AddRandom(type) : AddBlob("{}"u8.ToArray(), Empty)], tag, subject, type, manifest =>
        {
            manifest["artifactType"] = type;
            manifest["annotations"] = new JsonObject { ["org.example.made"] = Guid.NewGuid().ToString() };
        });

    public JsonObject AddIndex(IEnumerable<JsonObject> children, string? tag = null, JsonObject? subject = null, string? type = null)
    {
        var index = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = Index };
        if (type is not null)
        {
            index["artifactType"] = type;
            index["annotations"] = new JsonObject { ["org.example.made"] = Guid.NewGuid().ToString() };
        }

        index["manifests"] = new JsonArray([.. children.Select(c => (JsonNode)c.DeepClone())]);
        return Add(index, Index, tag, subject, type ?? "");
    }

    public static JsonObject Describe(Digest digest, long size, string mediaType) => new() { ["mediaType"] = mediaType, ["digest"] = digest.ToString(), ["size"] = size };

    private JsonObject AddManifest(JsonObject config, JsonNode[] layers, string? tag, JsonObject? subject, string type, Action<JsonObject>? change)
    {
        var manifest = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = Manifest, ["config"] = config, ["layers"] = new JsonArray(layers) };
        change?.Invoke(manifest);
        return Add(manifest, Manifest, tag, subject, type);
    }

    private JsonObject Add(JsonObject document, string mediaType, string? tag, JsonObject? subject, string type)
    {
        if (subject is not null)
        {
            document["subject"] = subject.DeepClone();
        }

        byte[] content = Encoding.UTF8.GetBytes(document.ToJsonString());
        Digest digest = DigestOf(content, algorithm);
        Manifests.Add((digest, mediaType, content));
        if (tag is not null)
        {
            Tags[tag] = digest;
        }

        if (subject is not null)
        {
            Referrers.Add((Digest.Parse((string)subject["digest"]!), digest, type));
        }

        return Describe(digest, content.Length, mediaType);
    }
}
