using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Manifests;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.Templates.Values;

namespace Wharf.Cli.Builds;

/// <summary>
/// What <c>imagetools inspect --format</c> knows of an image: <c>.Name</c>, <c>.Manifest</c>, <c>.Image</c> (its configuration, or of several platforms
/// a map of them), <c>.Provenance.SLSA</c> and <c>.SBOM.SPDX</c> (maps by platform in the same way). Fields have their names of Go and of JSON.
/// </summary>
internal sealed class ImageToolsValue(RemoteManifests remote, ImageReference image, CancellationToken ct)
{
    private const string SubjectAnnotation = "vnd.docker.reference.digest";
    private const string PredicateAnnotation = "in-toto.io/predicate-type";

    private static readonly string[] Maps = ["annotations", "Labels", "ExposedPorts", "Volumes"];

    private readonly List<(string Platform, object? Config)> _images = [];
    private readonly List<(string Platform, object? Predicate)> _provenance = [];
    private readonly List<(string Platform, object? Predicate)> _bills = [];

    /// <param name="mediaType">Of what stands under the name.</param>
    /// <param name="content">It.</param>
    /// <param name="digest">Its digest.</param>
    public async Task<ITemplateObject> ReadAsync(string mediaType, byte[] content, Digest digest)
    {
        using JsonDocument document = JsonDocument.Parse(content);
        var manifest = new List<KeyValuePair<string, object?>>();
        if (MediaTypes.IsIndex(mediaType))
        {
            await ReadIndexAsync(document.RootElement);
            manifest.Add(new("schemaVersion", document.RootElement.Number("schemaVersion")));
        }
        else
        {
            _images.Add(("", await ConfigAsync(document.RootElement)));
        }

        manifest.AddRange([new("mediaType", mediaType), new("digest", digest.ToString()), new("size", (long)content.Length)]);
        foreach (string member in new[] { "manifests", "annotations" })
        {
            if (MediaTypes.IsIndex(mediaType) && document.RootElement.Member(member) is { } value)
            {
                manifest.Add(new(member, Value(value, member)));
            }
        }

        return new Fields(
        [
            new("name", image.ToString()), new("manifest", new Fields(manifest)), new("image", ByPlatform(_images)),
            new("provenance", ByPlatform(_provenance.ConvertAll(p => (p.Platform, (object?)new Fields([new("SLSA", p.Predicate)]))))),
            new("sbom", ByPlatform(_bills.ConvertAll(p => (p.Platform, (object?)new Fields([new("SPDX", p.Predicate)]))))),
        ]);
    }

    private async Task ReadIndexAsync(JsonElement index)
    {
        var platforms = new Dictionary<string, string>();
        List<JsonElement> items = [.. index.Items("manifests")];
        foreach (JsonElement item in items.Where(i => Subject(i) is null))
        {
            string platform = PlatformOf(item);
            platforms[item.Text("digest")] = platform;
            using JsonDocument manifest = await FetchAsync(item);
            _images.Add((platform, await ConfigAsync(manifest.RootElement)));
        }

        foreach (JsonElement item in items)
        {
            if (Subject(item) is { } subject && platforms.TryGetValue(subject, out string? platform))
            {
                using JsonDocument manifest = await FetchAsync(item);
                await ReadStatementsAsync(manifest.RootElement, platform);
            }
        }
    }

    private async Task ReadStatementsAsync(JsonElement manifest, string platform)
    {
        foreach (JsonElement layer in manifest.Items("layers"))
        {
            string type = (layer.Member("annotations") ?? default).Text(PredicateAnnotation);
            List<(string, object?)>? known = type.StartsWith("https://slsa.dev/provenance/", StringComparison.Ordinal) ? _provenance
                : type == "https://spdx.dev/Document" ? _bills
                : null;
            if (known is not null && known.TrueForAll(k => k.Item1 != platform))
            {
                using JsonDocument statement = JsonDocument.Parse(await remote.BlobAsync(image, Digest.Parse(layer.Text("digest")), ct));
                known.Add((platform, statement.RootElement.Member("predicate") is { } predicate ? Plain(predicate) : null));
            }
        }
    }

    private async Task<JsonDocument> FetchAsync(JsonElement item) =>
        JsonDocument.Parse((await remote.FetchAsync(image with { Tag = null, Digest = Digest.Parse(item.Text("digest")) }, ct)).Content);

    private async Task<object?> ConfigAsync(JsonElement manifest)
    {
        using JsonDocument config = JsonDocument.Parse(await remote.BlobAsync(image, Digest.Parse((manifest.Member("config") ?? default).Text("digest")), ct));
        return Value(config.RootElement, "");
    }

    // Of one platform the thing itself; of several, or of none, a map.
    private static object? ByPlatform(List<(string Platform, object? Value)> values)
    {
        if (values.Count == 1)
        {
            return values[0].Value;
        }

        var map = new TemplateMap();
        foreach ((string platform, object? value) in values)
        {
            map[platform] = value;
        }

        return map;
    }

    private static string? Subject(JsonElement item) =>
        (item.Member("annotations") ?? default).Text(SubjectAnnotation) is { Length: > 0 } subject ? subject : null;

    internal static string PlatformOf(JsonElement item) => item.Member("platform") is { } platform
        ? string.Join('/', new[] { platform.Text("os"), platform.Text("architecture"), platform.Text("variant") }.Where(p => p.Length > 0))
        : "";

    private static object? Value(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object when !Maps.Contains(name) => new Fields([.. element.EnumerateObject().Select(m => new KeyValuePair<string, object?>(m.Name, Value(m.Value, m.Name)))]),
        JsonValueKind.Array => element.EnumerateArray().Select(e => Value(e, "")).ToList(),
        _ => Plain(element),
    };

    private static object? Plain(JsonElement element) => TemplateJson.Read(Encoding.UTF8.GetBytes(element.GetRawText()));

    /// <summary>A struct of Go: what is not there is empty, and a name that JSON writes otherwise is understood.</summary>
    private sealed class Fields(List<KeyValuePair<string, object?>> members) : ITemplateObject
    {
        public string TypeName => "imagetools.tplInput";

        public IEnumerable<KeyValuePair<string, object?>> Members => members.Where(m => m.Value is not TemplateMap { Count: 0 });

        public bool TryGetMember(string name, out object? value)
        {
            string plain = Plain(name);
            value = members.Find(m => m.Key == name).Value ?? members.Find(m => Plain(m.Key) == plain).Value ?? TemplateNil.Map;
            return true;
        }

        private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).ToLowerInvariant();
    }
}
