using System.Net;
using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Inspection;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Manifests;
using Wharf.Primitives;
using Wharf.Templates;
using Wharf.Templates.Values;

namespace Wharf.Cli.Builds;

/// <summary><c>buildx imagetools inspect</c>: what stands under a name in a registry, without fetching it.</summary>
internal static class ImageToolsCommand
{
    public static Command Group => new("imagetools", "Commands to work on images in registry") { Children = () => [Inspect] };

    private static Command Inspect => new("inspect", "Show details of an image in the registry")
    {
        Usage = "[OPTIONS] NAME",
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("format", FlagKind.String, "Format the output using the given Go template"),
            new("raw", FlagKind.Bool, "Show original, unformatted JSON manifest"),
            new("insecure", FlagKind.Bool, "Allow communication with an insecure registry"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ImageReference image = LocalManifests.Parse(call.Arguments[0]);
        string format = call.String("format");
        if (format.Length > 0 && call.Bool("raw"))
        {
            throw new CommandException("format and raw cannot be used together");
        }

        Template? template = format.Length == 0 || format.StartsWith("{{.Manifest}}", StringComparison.Ordinal) ? null : Parse(format);
        using var remote = new RemoteManifests(call.Cli, call.Bool("insecure") || IsLoopback(image));
        (string mediaType, byte[] content, Digest digest) = await remote.FetchAsync(image, ct);
        if (call.Bool("raw"))
        {
            call.Cli.Out.WriteForeign(Encoding.UTF8.GetString(content));
            return 0;
        }

        if (template is null)
        {
            call.Cli.Out.Write(Describe(image, mediaType, content, digest));
            return 0;
        }

        ITemplateObject value = await new ImageToolsValue(remote, image, ct).ReadAsync(mediaType, content, digest);
        try
        {
            call.Cli.Out.WriteLine(template.Execute(value, call.Cli.Foreign));
            return 0;
        }
        catch (TemplateException e)
        {
            throw new CommandException(e.Message);
        }
    }

    private static Template Parse(string format)
    {
        try
        {
            return Template.Parse(format, "", new Dictionary<string, TemplateFunction>(DockerFunctions.Basic, StringComparer.Ordinal)
            {
                ["json"] = TemplateFunction.Exactly(1, a => RawJson.Indent(Encoding.UTF8.GetBytes(TemplateJson.Write(a[0])), "", "  ")),
            });
        }
        catch (TemplateException e)
        {
            throw new CommandException(e.Message);
        }
    }

    // As for pull and push: a registry on this machine needs no TLS.
    private static bool IsLoopback(ImageReference image)
    {
        string host = image.Domain.Split(':')[0];
        return host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
    }

    internal static string Describe(ImageReference image, string mediaType, byte[] content, Digest digest)
    {
        var text = new StringBuilder();
        text.Append($"Name:      {image}\nMediaType: {mediaType}\nDigest:    {digest}\n");
        using JsonDocument document = JsonDocument.Parse(content);
        var items = document.RootElement.Items("manifests").ToList();
        if (items.Count == 0)
        {
            return VisibleText.Of(text.ToString());
        }

        text.Append("           \nManifests: ");
        string repository = (image with { Tag = null, Digest = default }).ToString();
        foreach (JsonElement item in items)
        {
            text.Append($"\n  Name:        {repository}@{item.Text("digest")}\n  MediaType:   {item.Text("mediaType")}\n");
            if (ImageToolsValue.PlatformOf(item) is { Length: > 0 } platform)
            {
                text.Append($"  Platform:    {platform}\n");
            }

            if (item.Member("annotations") is { ValueKind: JsonValueKind.Object } annotations)
            {
                text.Append("  Annotations: \n");
                foreach (JsonProperty annotation in annotations.EnumerateObject().OrderBy(a => a.Name, StringComparer.Ordinal))
                {
                    text.Append($"    {annotation.Name}: {Line(annotation.Value.ToString())}\n");
                }
            }

            text.Append("               ");
        }

        return VisibleText.Of(text.Append('\n').ToString());
    }

    // A line feed of an annotation would begin a line that looks like another field.
    private static string Line(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);
}
