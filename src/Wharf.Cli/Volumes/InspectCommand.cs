using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Inspection;
using Wharf.Client;

namespace Wharf.Cli.Volumes;

internal static class InspectCommand
{
    public static Command Definition => new("inspect", "Display detailed information on one or more volumes")
    {
        Usage = "[OPTIONS] VOLUME [VOLUME...]",
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("format", 'f', FlagKind.String, FormatHelp.Inspect),
        ],
        Complete = Completion.Volumes,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) =>
        Inspector.RunAsync(call, "volume.Volume", name => FetchAsync(call.Cli, name, ct));

    internal static ValueTask<byte[]> FetchAsync(CliContext cli, string name, CancellationToken ct) =>
        cli.Client.GetBytesAsync("/volumes/" + EngineClient.PathOf(name, "volume"), ct);
}
