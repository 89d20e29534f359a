using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Images;

internal static class SaveCommand
{
    public static Command Definition => new("save", "Save one or more images to a tar archive (streamed to STDOUT by default)")
    {
        Usage = "[OPTIONS] IMAGE [IMAGE...]",
        Aliases = ["image save", "save"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("output", 'o', FlagKind.String, "Write to a file, instead of STDOUT"),
            new("platform", FlagKind.String, "Save only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"),
        ],
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        string file = call.String("output");
        if (file.Length == 0 && call.Cli.Out.IsTerminal)
        {
            throw new CommandException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }

        var query = new Query { { "names", call.Arguments }, { "platform", PlatformJson.Of(call.String("platform")) } };
        using EngineReply reply = await call.Cli.Client.SaveImagesAsync(query, ct);
        await OutputFile.WriteAsync(call.Cli, file, reply.Body, "failed to save image", ct);
        return 0;
    }
}
