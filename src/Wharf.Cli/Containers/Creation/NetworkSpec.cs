using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>--network NAME</c> or <c>--network name=NAME,alias=…,ip=…</c>.</summary>
internal sealed record NetworkSpec(string Target)
{
    public List<string> Aliases { get; } = [];

    public List<string> LinkLocalAddresses { get; } = [];

    public Dictionary<string, string> DriverOptions { get; } = [];

    public string Ip { get; set; } = "";

    public string Ip6 { get; set; } = "";

    public string MacAddress { get; set; } = "";

    public long GatewayPriority { get; set; }

    public bool IsLong { get; private init; }

    public static NetworkSpec Parse(string text)
    {
        List<string> fields = CommaSeparated.Split(text);
        if (fields.Count == 0 || (fields.Count == 1 && !fields[0].Contains('=')))
        {
            return new NetworkSpec(text);
        }

        string target = "";
        var options = new NetworkSpec("") { IsLong = true };
        foreach (string field in fields)
        {
            string[] pair = field.ToLowerInvariant().Split('=', 2);
            if (pair.Length < 2)
            {
                throw new FormatException($"invalid field {field}");
            }

            string key = pair[0].Trim();
            string value = pair[1].Trim();
            switch (key)
            {
                case "name":
                    target = value;
                    break;
                case "alias":
                    options.Aliases.Add(value);
                    break;
                case "driver-opt":
                    int equals = value.IndexOf('=');
                    if (equals <= 0)
                    {
                        throw new FormatException($"invalid key value pair format in driver options");
                    }

                    options.DriverOptions[value[..equals].Trim()] = value[(equals + 1)..].Trim();
                    break;
                case "ip":
                    options.Ip = value;
                    break;
                case "ip6":
                    options.Ip6 = value;
                    break;
                case "mac-address":
                    options.MacAddress = value;
                    break;
                case "link-local-ip":
                    options.LinkLocalAddresses.Add(value);
                    break;
                case "gw-priority":
                    options.GatewayPriority = long.TryParse(value, out long priority) ? priority
                        : throw new FormatException($"invalid gw-priority ({value}): strconv.ParseInt: parsing \"{value}\": invalid syntax");
                    break;
                default:
                    throw new FormatException($"invalid field key {key}");
            }
        }

        return target.Length == 0 ? throw new FormatException("network name/id is not specified") : options with { Target = target };
    }
}
