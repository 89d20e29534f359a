using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Builds;

/// <summary>Carrying the caches of <c>RUN --mount=type=cache</c> from one machine to another, as CI systems need it.</summary>
internal static class BuilderMountCommands
{
    public static Command Export => new("export-mount", "Write a cache mount as a tar archive (streamed to STDOUT by default)")
    {
        Usage = "[OPTIONS] ID",
        Arity = Arity.Exactly(1),
        Flags = [new("output", 'o', FlagKind.String, "Write to a file, instead of STDOUT")],
        Run = ExportAsync,
    };

    public static Command Import => new("import-mount", "Fill a cache mount from a tar archive or STDIN")
    {
        Usage = "[OPTIONS] ID",
        Arity = Arity.Exactly(1),
        Flags = [new("input", 'i', FlagKind.String, "Read from a tar archive file, instead of STDIN")],
        Run = ImportAsync,
    };

    private static async Task<int> ExportAsync(Invocation call, CancellationToken ct)
    {
        using EngineReply reply = await call.Cli.Client.SendAsync("GET", Path(call), null, ct);
        await OutputFile.WriteAsync(call.Cli, call.String("output"), reply.Body, "failed to export the cache mount", ct);
        return 0;
    }

    private static async Task<int> ImportAsync(Invocation call, CancellationToken ct)
    {
        string file = call.String("input");
        await using Stream archive = file.Length == 0 ? call.Cli.Terminal.Input : File.OpenRead(file);
        using EngineReply reply = await call.Cli.Client.SendAsync("PUT", Path(call), RequestBody.Of(archive), ct);
        return 0;
    }

    private static string Path(Invocation call) => "/build/cachemount" + new Query { { "id", call.Arguments[0] } };
}
