using System.Globalization;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Progress;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Images;

internal static class LoadCommand
{
    public static Command Definition => new("load", "Load an image from a tar archive or STDIN")
    {
        Usage = "[OPTIONS]",
        Aliases = ["image load", "load"],
        Arity = Arity.None,
        Flags =
        [
            new("input", 'i', FlagKind.String, "Read from tar archive file, instead of STDIN"),
            new("platform", FlagKind.String, "Load only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"),
            new("quiet", 'q', FlagKind.Bool, "Suppress the load output"),
        ],
        Complete = Completion.Files,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string file = call.String("input");
        if (file.Length == 0 && cli.Terminal.InputIsTerminal)
        {
            throw new CommandException("requested load from stdin, but stdin is empty");
        }

        using Stream input = file.Length == 0 ? cli.Terminal.Input : InputFile.Open(file);

        // a pipe to nowhere shows no progress anyway
        bool quiet = call.Bool("quiet") || !cli.Out.IsTerminal;
        var query = new Query { { "quiet", quiet ? "1" : "0" }, { "platform", PlatformJson.Of(call.String("platform")) } };
        using EngineReply reply = await OfferAsync(cli, input, query, ct) ?? await cli.Client.LoadImagesAsync(input, query, ct);
        if (reply.Head["Content-Type"]?.StartsWith("application/json", StringComparison.Ordinal) == true)
        {
            await ProgressDisplay.On(cli.Out, cli).ShowAsync(reply.Body, null, ct);
        }
        else
        {
            await reply.Body.CopyToAsync(cli.Out.Stream, ct);
        }

        return 0;
    }

    /// <summary>Has an engine on this machine read the file itself; null when it has to be sent.</summary>
    private static async Task<EngineReply?> OfferAsync(CliContext cli, Stream input, Query query, CancellationToken ct)
    {
        if (input is not FileStream { CanSeek: true } file)
        {
            return null;
        }

        using LocalProof? proof = LocalProof.TryMake(cli);
        if (proof is null)
        {
            return null;
        }

        var offer = new Query(query) { { "proof", proof.Text }, { "descriptor", file.SafeFileHandle.DangerousGetHandle().ToString(CultureInfo.InvariantCulture) } };
        try
        {
            return await cli.Client.SendAsync("POST", "/images/load/file" + offer, null, ct);
        }
        catch (WharfException e) when (e.Kind is not (ErrorKind.Unavailable or ErrorKind.Cancelled))
        {
            // Docker's own engine has no such route, ours may not be allowed to; and what is wrong with the archive is said once more.
            return null;
        }
    }
}
