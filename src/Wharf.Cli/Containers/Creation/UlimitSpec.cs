using System.Globalization;
using Wharf.Api.Containers;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>--ulimit TYPE=SOFT[:HARD]</c>.</summary>
internal static class UlimitSpec
{
    private static readonly string[] Names =
    [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
    ];

    public static HostConfigUlimits Parse(string text)
    {
        int equals = text.IndexOf('=');
        if (equals < 0)
        {
            throw new FormatException($"invalid ulimit argument: {text}");
        }

        string name = text[..equals];
        string[] limits = text[(equals + 1)..].Split(':');
        if (limits.Length > 2)
        {
            throw new FormatException($"too many limit value arguments - {text[(equals + 1)..]}, can only have up to two, `soft[:hard]`");
        }

        if (!Names.Contains(name))
        {
            throw new FormatException($"invalid ulimit type: {name}");
        }

        long soft = Number(limits[0]);
        long hard = limits.Length == 2 && limits[1].Length > 0 ? Number(limits[1]) : soft;
        bool exceeds = hard != -1 && (soft == -1 || soft > hard);
        return exceeds
            ? throw new FormatException(soft == -1
                ? $"ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: {hard}"
                : $"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}")
            : new HostConfigUlimits { Name = name, Soft = soft, Hard = hard };
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new FormatException($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
}
