using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Progress;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Images;

internal static class ImportCommand
{
    public static Command Definition => new("import", "Import the contents from a tarball to create a filesystem image")
    {
        Usage = "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
        Aliases = ["image import", "import"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("change", 'c', FlagKind.List, "Apply Dockerfile instruction to the created image"),
            new("message", 'm', FlagKind.String, "Set commit message for imported image"),
            new("platform", FlagKind.String, "Set platform if server is multi-platform capable"),
        ],
        Complete = Completion.Files,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string source = call.Arguments[0];
        bool isUrl = source.StartsWith("http://", StringComparison.Ordinal) || source.StartsWith("https://", StringComparison.Ordinal);
        using Stream? input = source == "-" ? cli.Terminal.Input : isUrl ? null : InputFile.Open(source);
        if (call.Arguments.Count > 2)
        {
            throw new CommandException($"unknown argument \"{call.Arguments[2]}\": import takes one file and one name");
        }

        if (call.Arguments.Count > 1 && !ImageReference.TryParse(call.Arguments[1], out _, out string? mistake))
        {
            throw new CommandException(mistake);
        }

        var query = new Query
        {
            { "fromSrc", isUrl ? source : "-" },
            { "repo", call.Arguments.Count > 1 ? call.Arguments[1] : null },
            { "message", call.String("message") },
            { "changes", call.List("change") },
            { "platform", call.String("platform").ToLowerInvariant() },
        };
        using EngineReply reply = await cli.Client.ImportImageAsync(query, input, ct);
        await ProgressDisplay.On(cli.Out, cli).ShowAsync(reply.Body, null, ct);
        return 0;
    }
}
