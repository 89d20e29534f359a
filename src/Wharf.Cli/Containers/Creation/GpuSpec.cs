using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>--gpus all</c>, <c>--gpus 2</c>, <c>--gpus '"device=0,2",capabilities=compute'</c>.</summary>
internal static class GpuSpec
{
    public static DeviceRequest Parse(string text)
    {
        var request = new DeviceRequest { Capabilities = [["gpu"]], Options = [] };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string field in CommaSeparated.Split(text))
        {
            int equals = field.IndexOf('=');
            string key = equals < 0 ? "count" : field[..equals];
            string value = equals < 0 ? field : field[(equals + 1)..];
            if (!seen.Add(key))
            {
                throw new FormatException($"gpu request key '{key}' can be specified only once");
            }

            switch (key)
            {
                case "driver":
                    request.Driver = value;
                    break;
                case "count":
                    request.Count = Count(value);
                    break;
                case "device":
                    request.DeviceIDs = [.. value.Split(',')];
                    break;
                case "capabilities":
                    request.Capabilities = [[.. value.Split(','), "gpu"]];
                    break;
                case "options":
                    request.Options = KeyValues.ToMap(CommaSeparated.Split(value));
                    break;
                default:
                    throw new FormatException($"unexpected key '{key}' in '{field}'");
            }
        }

        if (!seen.Contains("count") && request.DeviceIDs is null)
        {
            request.Count = 1;
        }

        return request;
    }

    private static long Count(string value)
    {
        if (value == "all")
        {
            return -1;
        }

        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long count)
            ? count
            : throw new FormatException($"invalid count ({value}): value must be either \"all\" or an integer: invalid syntax");
    }
}
