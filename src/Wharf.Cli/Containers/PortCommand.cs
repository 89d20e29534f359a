using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers;

internal static class PortCommand
{
    public static Command Definition => new("port", "List port mappings or a specific mapping for the container")
    {
        Usage = "CONTAINER [PRIVATE_PORT[/PROTO]]",
        Aliases = ["container port", "port"],
        Arity = Arity.Between(1, 2),
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        Dictionary<string, List<PortBinding>?> ports = await call.Cli.Client.PublishedPortsAsync(call.Arguments[0], ct);
        var lines = new List<string>();
        if (call.Arguments.Count > 1)
        {
            string wanted = call.Arguments[1];
            string[] parts = wanted.Split('/', 2);
            string key = $"{parts[0]}/{(parts.Length > 1 ? parts[1] : "tcp")}";
            if (!ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw new CommandException($"Error: invalid port ({parts[0]}): strconv.ParseUint: parsing \"{parts[0]}\": invalid syntax");
            }

            if (!ports.TryGetValue(key, out List<PortBinding>? bindings) || bindings is null)
            {
                throw new CommandException($"Error: No public port '{wanted}' published for {call.Arguments[0]}");
            }

            lines.AddRange(bindings.Select(Address));
        }
        else
        {
            foreach ((string port, List<PortBinding>? bindings) in ports)
            {
                lines.AddRange((bindings ?? []).Select(b => $"{port} -> {Address(b)}"));
            }
        }

        if (lines.Count > 0)
        {
            // numbers inside the lines sort by value, as people read them
            lines.Sort(Natural);
            call.Cli.Out.Write(string.Join('\n', lines) + "\n");
        }

        return 0;
    }

    private static string Address(PortBinding binding) =>
        binding.HostIp?.Contains(':') == true ? $"[{binding.HostIp}]:{binding.HostPort}" : $"{binding.HostIp}:{binding.HostPort}";

    internal static int Natural(string left, string right)
    {
        int i = 0;
        int j = 0;
        while (i < left.Length && j < right.Length)
        {
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                ReadOnlySpan<char> a = Digits(left, ref i);
                ReadOnlySpan<char> b = Digits(right, ref j);
                int order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
                if (order != 0)
                {
                    return order;
                }
            }
            else if (left[i] != right[j])
            {
                return left[i].CompareTo(right[j]);
            }
            else
            {
                i++;
                j++;
            }
        }

        return (left.Length - i).CompareTo(right.Length - j);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text.AsSpan(start, at - start).TrimStart('0');
    }
}
