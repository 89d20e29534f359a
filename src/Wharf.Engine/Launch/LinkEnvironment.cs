using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Creation;
using Wharf.Engine.Networks;
using Wharf.Network.Ports;

namespace Wharf.Engine.Launch;

/// <summary>The variables of legacy links on the default bridge: ALIAS_NAME, ALIAS_PORT and one set per exposed port, and the other's own environment.</summary>
internal static class LinkEnvironment
{
    public static List<string> Of(ContainerRecord record, ContainerRegistry containers)
    {
        var lines = new List<string>();
        foreach ((ContainerRecord target, string alias) in ContainerLinks.Of(record, containers))
        {
            if (target.Sandbox?.Endpoints.FirstOrDefault(e => e.NetworkName == "bridge")?.IPv4 is not { } address)
            {
                continue;
            }

            Add(lines, record, target, alias, address.Address.ToString());
        }

        return lines;
    }

    private static void Add(List<string> lines, ContainerRecord record, ContainerRecord target, string alias, string address)
    {
        string prefix = alias.ToUpperInvariant().Replace('-', '_');
        ContainerPort[] ports = [.. (target.Config.ExposedPorts ?? []).Keys.SelectMany(PortSpecification.ParseExposed).OrderBy(p => p.Protocol).ThenBy(p => p.Port)];
        if (ports.Length > 0)
        {
            lines.Add($"{prefix}_PORT={Url(ports[0], address)}");
        }

        foreach (ContainerPort port in ports)
        {
            string protocol = port.Protocol.ToString(), word = $"{prefix}_PORT_{port.Port}_{protocol.ToUpperInvariant()}";
            lines.Add($"{word}={Url(port, address)}");
            lines.Add($"{word}_ADDR={address}");
            lines.Add($"{word}_PORT={port.Port}");
            lines.Add($"{word}_PROTO={protocol.ToLowerInvariant()}");
        }

        lines.Add($"{prefix}_NAME=/{record.Name}/{alias}");
        foreach (string variable in target.Config.Env ?? [])
        {
            int equals = variable.IndexOf('=');
            if (equals > 0 && variable[..equals] is not ("HOME" or "PATH"))
            {
                lines.Add($"{prefix}_ENV_{variable}");
            }
        }
    }

    private static string Url(ContainerPort port, string address) => $"{port.Protocol.ToString().ToLowerInvariant()}://{address}:{port.Port}";
}
