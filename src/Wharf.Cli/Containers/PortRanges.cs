using System.Globalization;
using Wharf.Api.Containers;

namespace Wharf.Cli.Containers;

/// <summary>Published ports in a table: neighbours with the same number inside and outside are written as a range.</summary>
internal static class PortRanges
{
    public static string Describe(List<PortSummary> ports)
    {
        var sorted = ports.OrderBy(p => p.PrivatePort).ThenBy(p => p.Ip ?? "", StringComparer.Ordinal).ThenBy(p => p.PublicPort)
            .ThenBy(p => p.Type, StringComparer.Ordinal);
        var open = new Dictionary<(string Ip, string Type), (long First, long Last)>();
        var order = new List<(string Ip, string Type)>();
        var result = new List<string>();
        var moved = new List<string>();
        foreach (PortSummary port in sorted)
        {
            string ip = port.Ip ?? "";
            string type = port.Type ?? "tcp";
            if (ip.Length > 0 && port.PublicPort != port.PrivatePort)
            {
                moved.Add($"{Join(ip, Number(port.PublicPort))}->{Number(port.PrivatePort)}/{type}");
                continue;
            }

            if (!open.TryGetValue((ip, type), out (long First, long Last) range))
            {
                order.Add((ip, type));
                open[(ip, type)] = (port.PrivatePort, port.PrivatePort);
            }
            else if (port.PrivatePort == range.Last + 1)
            {
                open[(ip, type)] = (range.First, port.PrivatePort);
            }
            else
            {
                result.Add(Group((ip, type), range));
                open[(ip, type)] = (port.PrivatePort, port.PrivatePort);
            }
        }

        result.AddRange(order.Select(key => Group(key, open[key])));
        return string.Join(", ", result.Concat(moved));
    }

    private static string Group((string Ip, string Type) key, (long First, long Last) range)
    {
        string ports = range.First == range.Last ? Number(range.First) : $"{Number(range.First)}-{Number(range.Last)}";
        return (key.Ip.Length > 0 ? $"{Join(key.Ip, ports)}->{ports}" : ports) + "/" + key.Type;
    }

    private static string Join(string ip, string port) => ip.Contains(':') ? $"[{ip}]:{port}" : $"{ip}:{port}";

    private static string Number(long port) => port.ToString(CultureInfo.InvariantCulture);
}
