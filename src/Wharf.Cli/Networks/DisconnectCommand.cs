using Wharf.Client.Answers;
using Wharf.Api.Networks;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client;
using Wharf.Client.Http;

namespace Wharf.Cli.Networks;

internal static class DisconnectCommand
{
    public static Command Definition => new("disconnect", "Disconnect a container from a network")
    {
        Usage = "[OPTIONS] NETWORK CONTAINER",
        Arity = Arity.Exactly(2),
        Flags =
        [
            new("force", 'f', FlagKind.Bool, "Force the container to disconnect from a network"),
        ],
        Complete = Completion.Networks,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var request = new NetworkDisconnectRequest { Container = call.Arguments[1], Force = call.Bool("force") };
        await call.Cli.Client.CallAsync("POST", $"/networks/{EngineClient.PathOf(call.Arguments[0], "network")}/disconnect",
            RequestBody.Json(request, ClientJson.Default.NetworkDisconnectRequest), ct);
        return 0;
    }
}
