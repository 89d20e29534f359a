using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Manifests;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary><c>buildx imagetools inspect</c>: what stands under a name in a registry, without fetching it.</summary>
internal static class ImageToolsCommand
{
    public static Command Group => new("imagetools", "Commands to work on images in registry") { Children = () => [Inspect] };

    private static Command Inspect => new("inspect", "Show details of an image in the registry")
    {
        Usage = "[OPTIONS] NAME",
        Arity = Arity.Exactly(1),
        Flags = [new("raw", FlagKind.Bool, "Show original, unformatted JSON manifest"), new("insecure", FlagKind.Bool, "Allow communication with an insecure registry")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ImageReference image = LocalManifests.Parse(call.Arguments[0]);
        using var remote = new RemoteManifests(call.Cli, call.Bool("insecure"));
        (string mediaType, byte[] content, Digest digest) = await remote.FetchAsync(image, ct);
        if (call.Bool("raw"))
        {
            call.Cli.Out.Write(Encoding.UTF8.GetString(content));
            return 0;
        }

        call.Cli.Out.Write(Describe(image, mediaType, content, digest));
        return 0;
    }

    internal static string Describe(ImageReference image, string mediaType, byte[] content, Digest digest)
    {
        var text = new StringBuilder();
        text.Append($"Name:      {image}\nMediaType: {mediaType}\nDigest:    {digest}\n");
        using JsonDocument document = JsonDocument.Parse(content);
        var items = document.RootElement.Items("manifests").ToList();
        if (items.Count == 0)
        {
            return text.ToString();
        }

        text.Append("           \nManifests: ");
        string repository = (image with { Tag = null, Digest = default }).ToString();
        foreach (JsonElement item in items)
        {
            text.Append($"\n  Name:        {repository}@{item.Text("digest")}\n  MediaType:   {item.Text("mediaType")}\n");
            if (item.Member("platform") is { } platform)
            {
                text.Append($"  Platform:    {string.Join('/', new[] { platform.Text("os"), platform.Text("architecture"), platform.Text("variant") }.Where(p => p.Length > 0))}\n");
            }

            if (item.Member("annotations") is { ValueKind: JsonValueKind.Object } annotations)
            {
                text.Append("  Annotations: \n");
                foreach (JsonProperty annotation in annotations.EnumerateObject().OrderBy(a => a.Name, StringComparer.Ordinal))
                {
                    text.Append($"    {annotation.Name}: {annotation.Value}\n");
                }
            }

            text.Append("               ");
        }

        return text.Append('\n').ToString();
    }
}
