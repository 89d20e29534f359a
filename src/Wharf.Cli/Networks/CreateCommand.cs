using System.Text.Json;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client.Http;

namespace Wharf.Cli.Networks;

internal static class CreateCommand
{
    public static Command Definition => new("create", "Create a network")
    {
        Usage = "[OPTIONS] NETWORK",
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("attachable", FlagKind.Bool, "Enable manual container attachment"),
            new("aux-address", FlagKind.Map, "Auxiliary IPv4 or IPv6 addresses used by Network driver"),
            new("config-from", FlagKind.String, "The network from which to copy the configuration"),
            new("config-only", FlagKind.Bool, "Create a configuration only network"),
            new("driver", 'd', FlagKind.String, "Driver to manage the Network", "bridge"),
            new("gateway", FlagKind.Strings, "IPv4 or IPv6 Gateway for the master subnet"),
            new("ingress", FlagKind.Bool, "Create swarm routing-mesh network"),
            new("internal", FlagKind.Bool, "Restrict external access to the network"),
            new("ip-range", FlagKind.Strings, "Allocate container ip from a sub-range"),
            new("ipam-driver", FlagKind.String, "IP Address Management Driver", "default"),
            new("ipam-opt", FlagKind.Map, "Set IPAM driver specific options"),
            new("ipv4", FlagKind.Bool, "Enable or disable IPv4 address assignment", "true"),
            new("ipv6", FlagKind.Bool, "Enable or disable IPv6 address assignment"),
            new("label", FlagKind.List, "Set metadata on a network"),
            new("opt", 'o', FlagKind.Map, "Set driver specific options"),
            new("scope", FlagKind.String, "Control the network's scope"),
            new("subnet", FlagKind.Strings, "Subnet in CIDR format that represents a network segment"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        List<IpamPool> pools = IpamPool.From(call);
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            Write(writer, call, pools);
        }

        using EngineReply reply = await call.Cli.Client.SendAsync("POST", "/networks/create", RequestBody.Json(memory.ToArray()), ct);
        using JsonDocument answer = JsonDocument.Parse(await reply.ReadAllAsync(ct));
        call.Cli.Out.WriteLine(answer.RootElement.GetProperty("Id").GetString() ?? "");
        return 0;
    }

    private static void Write(Utf8JsonWriter writer, Invocation call, List<IpamPool> pools)
    {
        writer.WriteStartObject();
        writer.WriteString("Name", call.Arguments[0]);

        // engines before 1.44 told names apart only when asked to
        writer.WriteBoolean("CheckDuplicate", true);
        writer.WriteString("Driver", call.String("driver"));
        writer.WriteString("Scope", call.String("scope"));
        if (call.IsSet("ipv4"))
        {
            writer.WriteBoolean("EnableIPv4", call.Bool("ipv4"));
        }

        if (call.IsSet("ipv6"))
        {
            writer.WriteBoolean("EnableIPv6", call.Bool("ipv6"));
        }

        writer.WriteStartObject("IPAM");
        writer.WriteString("Driver", call.String("ipam-driver"));
        WriteMap(writer, "Options", call.List("ipam-opt"));
        writer.WriteStartArray("Config");
        foreach (IpamPool pool in pools)
        {
            pool.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteBoolean("Internal", call.Bool("internal"));
        writer.WriteBoolean("Attachable", call.Bool("attachable"));
        writer.WriteBoolean("Ingress", call.Bool("ingress"));
        writer.WriteBoolean("ConfigOnly", call.Bool("config-only"));
        if (call.String("config-from") is { Length: > 0 } from)
        {
            writer.WriteStartObject("ConfigFrom");
            writer.WriteString("Network", from);
            writer.WriteEndObject();
        }

        WriteMap(writer, "Options", call.List("opt"));
        WriteMap(writer, "Labels", call.List("label"));
        writer.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter writer, string name, IReadOnlyList<string> pairs)
    {
        writer.WriteStartObject(name);
        foreach ((string key, string value) in KeyValues.ToMap(pairs))
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }
}
