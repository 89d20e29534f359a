using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers.Creation;

/// <summary>
/// Published and exposed ports: <c>[IP:][HOST[-HOST]:]CONTAINER[-CONTAINER][/PROTO]</c>, and the long form
/// <c>target=80,published=8080,protocol=tcp</c>.
/// </summary>
internal sealed class PortSpecs
{
    public Dictionary<string, EmptyObject> Exposed { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, List<PortBinding>?> Bindings { get; } = new(StringComparer.Ordinal);

    /// <exception cref="CommandException">A port is wrong; the text names it.</exception>
    public static PortSpecs Parse(IEnumerable<string> published, IEnumerable<string> exposed)
    {
        var specs = new PortSpecs();
        foreach (string spec in published)
        {
            specs.AddPublished(spec.Contains('=') ? ToShortForm(spec) : spec);
        }

        foreach (string spec in exposed)
        {
            specs.AddExposed(spec);
        }

        return specs;
    }

    private void AddPublished(string spec)
    {
        (string ip, string host, string container) = Split(spec);
        if (ip.Length > 0 && ip[0] == '[')
        {
            ip = ip.Trim('[', ']');
        }

        if (ip.Length > 0 && !StrictAddress.TryParse(ip, out _))
        {
            throw new CommandException($"invalid IP address: {ip}");
        }

        (string ports, string protocol) = SplitProtocol(container);
        if (ports.Length == 0)
        {
            throw new CommandException($"no port specified: {spec}<empty>");
        }

        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw new CommandException($"invalid proto: {protocol}");
        }

        (int first, int last) = Range(ports) ?? throw new CommandException($"invalid containerPort: {ports}");
        (int First, int Last)? hostRange = host.Length == 0 ? null : Range(host) ?? throw new CommandException($"invalid hostPort: {host}");
        bool dynamic = hostRange is { } range && last == first && range.Last != range.First;
        if (hostRange is { } given && !dynamic && last - first != given.Last - given.First)
        {
            throw new CommandException($"invalid ranges specified for container and host Ports: {ports} and {host}");
        }

        for (int i = 0; i <= last - first; i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"{first + i}/{protocol}");
            string hostPort = dynamic ? host : hostRange is { } h ? (h.First + i).ToString(CultureInfo.InvariantCulture) : "";
            Exposed[key] = EmptyObject.Instance;
            if (!Bindings.TryGetValue(key, out List<PortBinding>? bindings))
            {
                Bindings[key] = bindings = [];
            }

            bindings!.Add(new PortBinding { HostIp = ip, HostPort = hostPort });
        }
    }

    private void AddExposed(string spec)
    {
        if (spec.Contains(':'))
        {
            throw new CommandException($"invalid port format for --expose: {spec}");
        }

        (string ports, string protocol) = SplitProtocol(spec);
        (int first, int last) = Range(ports) ?? throw new CommandException($"invalid range format for --expose: {spec}, error: strconv.ParseUint: parsing \"{FirstWrong(ports)}\": invalid syntax");
        for (int port = first; port <= last; port++)
        {
            Exposed[string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}")] = EmptyObject.Instance;
        }
    }

    private static (string Ip, string Host, string Container) Split(string spec)
    {
        int last = spec.LastIndexOf(':');
        if (last < 0)
        {
            return ("", "", spec);
        }

        string container = spec[(last + 1)..];
        string rest = spec[..last];
        int middle = rest.LastIndexOf(':');
        return middle < 0 ? ("", rest, container) : (rest[..middle], rest[(middle + 1)..], container);
    }

    private static (string Ports, string Protocol) SplitProtocol(string text)
    {
        int slash = text.IndexOf('/');
        string protocol = slash < 0 ? "" : text[(slash + 1)..].ToLowerInvariant();
        return (slash < 0 ? text : text[..slash], protocol.Length > 0 ? protocol : "tcp");
    }

    private static (int First, int Last)? Range(string text)
    {
        int dash = text.IndexOf('-');
        string from = dash < 0 ? text : text[..dash];
        string to = dash < 0 ? text : text[(dash + 1)..];
        return ushort.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out ushort last) && last >= first
            ? (first, last)
            : null;
    }

    private static string FirstWrong(string range) =>
        range.Split('-', 2).FirstOrDefault(p => !ushort.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _)) ?? range;

    private static string ToShortForm(string spec)
    {
        string target = "";
        string published = "";
        string protocol = "tcp";
        foreach (string field in CommaSeparated.Split(spec))
        {
            string[] pair = field.Split('=', 2);
            if (pair.Length < 2)
            {
                throw new CommandException($"invalid publish opts format (should be name=value but got '{field}')");
            }

            switch (pair[0].ToLowerInvariant())
            {
                case "target":
                    target = pair[1];
                    break;
                case "published":
                    published = pair[1];
                    break;
                case "protocol":
                    protocol = pair[1];
                    break;
                case "mode":
                    break;
                default:
                    throw new CommandException($"invalid publish opts format (should be name=value but got '{field}')");
            }
        }

        return target.Length == 0
            ? throw new CommandException("missing mandatory field \"target\"")
            : published.Length > 0 ? $"{published}:{target}/{protocol}" : $"{target}/{protocol}";
    }
}
