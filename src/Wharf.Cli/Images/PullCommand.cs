using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Images;

internal static class PullCommand
{
    public static Command Definition => new("pull", "Download an image from a registry")
    {
        Usage = "[OPTIONS] NAME[:TAG|@DIGEST]",
        Aliases = ["image pull", "pull"],
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("all-tags", 'a', FlagKind.Bool, "Download all tagged images in the repository"),
            new("disable-content-trust", FlagKind.Bool, "Skip image verification", "true"),
            new("platform", FlagKind.String, "Set platform if server is multi-platform capable"),
            new("quiet", 'q', FlagKind.Bool, "Suppress verbose output"),
        ],
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ImageReference image = ImageReference.Parse(call.Arguments[0]);
        bool all = call.Bool("all-tags");
        if (all && !image.IsNameOnly)
        {
            throw new CommandException("tag can't be used with --all-tags/-a");
        }

        bool quiet = call.Bool("quiet");
        if (!all && image.IsNameOnly)
        {
            image = image.WithDefaultTag();
            if (!quiet)
            {
                call.Cli.Out.WriteLine($"Using default tag: {image.Tag}");
            }
        }

        string platform = call.String("platform") is { Length: > 0 } given ? given : call.Cli.Env("DOCKER_DEFAULT_PLATFORM") ?? "";
        await ImagePuller.PullAsync(call.Cli, image, platform, all, quiet ? null : call.Cli.Out, ct);
        call.Cli.Out.WriteLine(image.ToString());
        return 0;
    }
}
