using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Inspection;
using Wharf.Client;
using Wharf.Client.Http;

namespace Wharf.Cli.Networks;

internal static class InspectCommand
{
    public static Command Definition => new("inspect", "Display detailed information on one or more networks")
    {
        Usage = "[OPTIONS] NETWORK [NETWORK...]",
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("format", 'f', FlagKind.String, FormatHelp.Inspect),
            new("verbose", 'v', FlagKind.Bool, "Verbose output for diagnostics"),
        ],
        Complete = Completion.Networks,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) =>
        Inspector.RunAsync(call, "network.Inspect", name => FetchAsync(call.Cli, name, call.Bool("verbose"), ct));

    internal static ValueTask<byte[]> FetchAsync(CliContext cli, string name, bool verbose, CancellationToken ct) =>
        cli.Client.GetBytesAsync("/networks/" + EngineClient.PathOf(name, "network") + new Query { { "verbose", verbose ? "true" : null } }, ct);
}
