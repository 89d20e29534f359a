using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Progress;
using Wharf.Cli.Images;
using Wharf.Cli.Registry;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>
/// <c>--cache-from</c> and <c>--cache-to</c>. An image's history tells what made its layers, so any image can be a cache: inline costs
/// nothing, and a registry's cache is an image that is pulled before and pushed after the build.
/// </summary>
internal sealed class BuildCaches
{
    private readonly List<string> _pulled = [];
    private readonly List<string> _pushed = [];

    /// <summary>Images that the engine may take layers of.</summary>
    public List<string> Sources { get; } = [];

    /// <exception cref="CommandException">A kind of cache that there is not, by its name.</exception>
    public static BuildCaches From(Invocation call)
    {
        var caches = new BuildCaches();
        foreach (string text in call.List("cache-from"))
        {
            if (!text.Contains('='))
            {
                caches.Sources.AddRange(text.Split(',').Where(n => n.Length > 0));
                continue;
            }

            string reference = Registry("cache-from", text) ?? throw new CommandException($"--cache-from {text} is not supported: use type=registry,ref=IMAGE");
            caches.Sources.Add(reference);
            caches._pulled.Add(reference);
        }

        foreach (string text in call.List("cache-to"))
        {
            if (Registry("cache-to", text.Contains('=') ? text : "type=registry,ref=" + text) is { } reference)
            {
                caches._pushed.Add(reference);
            }
        }

        return caches;
    }

    /// <summary>Brings the caches of registries here; one that cannot be had is no failure.</summary>
    public async Task FetchAsync(CliContext cli, CancellationToken ct)
    {
        foreach (string reference in _pulled)
        {
            try
            {
                await ImagePuller.PullAsync(cli, ImageReference.Parse(reference).WithDefaultTag(), "", all: false, null, ct);
            }
            catch (Exception e) when (e is CommandException or WharfException)
            {
                cli.Error.WriteLine($"WARN: the cache {reference} cannot be had: {e.Message}");
            }
        }
    }

    public async Task StoreAsync(CliContext cli, string imageId, bool quiet, CancellationToken ct)
    {
        foreach (ImageReference target in _pushed.Select(r => ImageReference.Parse(r).WithDefaultTag()))
        {
            await cli.Client.TagImageAsync(imageId, target.FamiliarName, target.Tag!, ct);
            using EngineReply reply = await cli.Client.PushImageAsync(target.FamiliarName, new Query { { "tag", target.Tag } }, Credentials.HeaderFor(cli, target), ct);
            var display = quiet ? new ProgressDisplay(new Framework.Terminal.TextOutput(Stream.Null, false), () => 0, cli.Clock) : ProgressDisplay.On(cli.Error, cli);
            await display.ShowAsync(reply.Body, null, ct);
        }
    }

    /// <returns>The image; null for type=inline, which every image is.</returns>
    private static string? Registry(string flag, string text)
    {
        string type = "", reference = "";
        foreach (string field in CommaSeparated.Split(text))
        {
            int equals = field.IndexOf('=');
            string key = equals < 0 ? field : field[..equals], value = equals < 0 ? "" : field[(equals + 1)..];
            switch (key)
            {
                case "type" when value is "registry" or "inline":
                    type = value;
                    break;
                case "ref":
                    reference = value;
                    break;
                case "mode" when value == "min":
                    break;
                default:
                    throw new CommandException($"--{flag} {text} is not supported: {field}; use type=registry,ref=IMAGE or type=inline");
            }
        }

        return type switch
        {
            "inline" => null,
            "registry" when reference.Length > 0 => reference,
            _ => throw new CommandException($"--{flag} {text} needs type=registry,ref=IMAGE or type=inline"),
        };
    }
}
