using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Framework.Progress;
using Wharf.Cli.Registry;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Images;

internal static class PushCommand
{
    public static Command Definition => new("push", "Upload an image to a registry")
    {
        Usage = "[OPTIONS] NAME[:TAG]",
        Aliases = ["image push", "push"],
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("all-tags", 'a', FlagKind.Bool, "Push all tags of an image to the repository"),
            new("disable-content-trust", FlagKind.Bool, "Skip image signing", "true"),
            new("platform", FlagKind.String, "Push a platform-specific manifest as a single-platform image to the registry.\nImage index won't be pushed, meaning that other manifests, including attestations won't be preserved.\n'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)"),
            new("quiet", 'q', FlagKind.Bool, "Suppress verbose output"),
        ],
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        ImageReference image = ImageReference.Parse(call.Arguments[0]);
        bool all = call.Bool("all-tags");
        bool quiet = call.Bool("quiet");
        if (all && !image.IsNameOnly)
        {
            throw new CommandException("tag can't be used with --all-tags/-a");
        }

        if (!all && image.IsNameOnly)
        {
            image = image.WithDefaultTag();
            if (!quiet)
            {
                cli.Out.WriteLine($"Using default tag: {image.Tag}");
            }
        }

        var query = new Query { { "tag", all ? null : image.Tag }, { "platform", PlatformJson.Of(call.String("platform")) } };
        using EngineReply reply = await cli.Client.PushImageAsync(image.FamiliarName, query, Credentials.HeaderFor(cli, image), ct);
        ProgressDisplay display = quiet
            ? new ProgressDisplay(new Framework.Terminal.TextOutput(Stream.Null, false), () => 0, cli.Clock)
            : ProgressDisplay.On(cli.Out, cli);
        var notes = new List<string>();
        await display.ShowAsync(reply.Body, aux => notes.AddRange(Note(aux)), ct);
        if (quiet)
        {
            cli.Out.WriteLine(image.ToString());
        }

        notes.ForEach(cli.Error.WriteLine);
        return 0;
    }

    private static IEnumerable<string> Note(JsonElement aux) => aux.Flag("manifestPushedInsteadOfIndex")
        ? ["\nNot all multiplatform-content is present and only the available single-platform image was pushed",
            VisibleText.Of($"{(aux.Member("originalIndex") ?? default).Text("digest")} -> {(aux.Member("selectedManifest") ?? default).Text("digest")}")]
        : [];
}
