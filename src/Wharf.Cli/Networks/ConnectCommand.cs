using Wharf.Client.Answers;
using Wharf.Api.Networks;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client;
using Wharf.Client.Http;

namespace Wharf.Cli.Networks;

internal static class ConnectCommand
{
    public static Command Definition => new("connect", "Connect a container to a network")
    {
        Usage = "[OPTIONS] NETWORK CONTAINER",
        Arity = Arity.Exactly(2),
        Flags =
        [
            new("alias", FlagKind.Strings, "Add network-scoped alias for the container"),
            new("driver-opt", FlagKind.Strings, "driver options for the network"),
            new("gw-priority", FlagKind.Int, "Highest gw-priority provides the default gateway. Accepts positive and negative values."),
            new("ip", FlagKind.String, "IPv4 address (e.g., \"172.30.100.104\")"),
            new("ip6", FlagKind.String, "IPv6 address (e.g., \"2001:db8::33\")"),
            new("link", FlagKind.List, "Add link to another container"),
            new("link-local-ip", FlagKind.Strings, "Add a link-local address for the container"),
        ],
        Complete = Completion.Networks,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var endpoint = new EndpointSettings
        {
            Links = CreateRequest.OrNull(call.List("link")),
            Aliases = CreateRequest.OrNull(call.List("alias")),
            DriverOpts = call.List("driver-opt").Count > 0 ? DriverOptions(call.List("driver-opt")) : null,
            GwPriority = call.Int("gw-priority"),
            IPAMConfig = call.IsSet("ip") || call.IsSet("ip6") || call.List("link-local-ip").Count > 0
                ? new EndpointIpamConfig
                {
                    IPv4Address = call.String("ip"),
                    IPv6Address = call.String("ip6"),
                    LinkLocalIPs = CreateRequest.OrNull(call.List("link-local-ip")),
                }
                : null,
        };
        var request = new NetworkConnectRequest { Container = call.Arguments[1], EndpointConfig = endpoint };
        await call.Cli.Client.CallAsync("POST", $"/networks/{EngineClient.PathOf(call.Arguments[0], "network")}/connect",
            RequestBody.Json(request, ClientJson.Default.NetworkConnectRequest), ct);
        return 0;
    }

    private static Dictionary<string, string> DriverOptions(IReadOnlyList<string> options) =>
        options.FirstOrDefault(o => !o.Contains('=')) is { } bad
            ? throw new CommandException($"invalid key=value format in driver options: {bad}")
            : KeyValues.ToMap(options);
}
