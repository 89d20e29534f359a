using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers.Creation;

/// <summary>Kinds of flags whose values describe a container; each check is the one that the client makes while it parses.</summary>
internal static class ContainerFlags
{
    public static readonly FlagKind Mount = FlagKind.Checked("mount", Checking(MountSpec.Parse), list: true);
    public static readonly FlagKind Network = FlagKind.Checked("network", Checking(NetworkSpec.Parse), list: true);
    public static readonly FlagKind Gpu = FlagKind.Checked("gpu-request", Checking(GpuSpec.Parse), list: true);
    public static readonly FlagKind Ulimit = FlagKind.Checked("ulimit", Checking(UlimitSpec.Parse), list: true, shownDefault: "[]");
    public static readonly FlagKind Attach = FlagKind.Checked("list", CheckAttach, list: true);
    public static readonly FlagKind Env = FlagKind.Checked("list", CheckEnv, list: true);
    public static readonly FlagKind Label = FlagKind.Checked("list", CheckLabel, list: true);
    public static readonly FlagKind ExtraHost = FlagKind.Checked("list", CheckExtraHost, list: true);
    public static readonly FlagKind Link = FlagKind.Checked("list", CheckLink, list: true);
    public static readonly FlagKind Dns = FlagKind.Checked("list", CheckAddress, list: true);
    public static readonly FlagKind DnsSearch = FlagKind.Checked("list", CheckDnsSearch, list: true);
    public static readonly FlagKind Weight = FlagKind.Checked("list", Checking(ThrottleSpec.ParseWeight), list: true, shownDefault: "[]");
    public static readonly FlagKind Rate = FlagKind.Checked("list", Checking(ThrottleSpec.ParseRate), list: true, shownDefault: "[]");
    public static readonly FlagKind IoRate = FlagKind.Checked("list", Checking(ThrottleSpec.ParseOperations), list: true, shownDefault: "[]");
    public static readonly FlagKind CgroupRule = FlagKind.Checked("list", DeviceSpec.CheckCgroupRule, list: true);

    public static readonly FlagKind Sysctl = FlagKind.Checked("map", CheckSysctl, list: true, shownDefault: "map[]");

    private static readonly string[] IpcSettings =
        ["kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"];

    /// <summary>A parse run only for its complaints; the text is kept and parsed again when the request is made.</summary>
    private static Func<string, string> Checking<T>(Func<string, T> parse) => value =>
    {
        _ = parse(value);
        return value;
    };

    private static string CheckAttach(string value) => value.ToLowerInvariant() is "stdin" or "stdout" or "stderr"
        ? value.ToLowerInvariant()
        : throw new FormatException("valid streams are STDIN, STDOUT and STDERR");

    private static string CheckEnv(string value) => value.Length == 0 || value[0] == '='
        ? throw new FormatException("invalid environment variable: " + value)
        : value;

    private static string CheckLabel(string value) => value.Length == 0 || value[0] == '='
        ? throw new FormatException($"invalid label '{value}': empty name")
        : value;

    private static string CheckExtraHost(string value)
    {
        // host:ip, host=ip; an IPv6 address may stand in brackets
        int separator = value.IndexOf('=');
        separator = separator < 0 ? value.IndexOf(':') : separator;
        if (separator <= 0)
        {
            throw new FormatException($"bad format for add-host: \"{value}\"");
        }

        string address = value[(separator + 1)..];
        if (address == "host-gateway")
        {
            return value[..separator] + ":" + address;
        }

        string bare = address.Length > 2 && address[0] == '[' && address[^1] == ']' ? address[1..^1] : address;
        return StrictAddress.TryParse(bare, out _)
            ? value[..separator] + ":" + bare
            : throw new FormatException($"invalid IP address in add-host: \"{address}\"");
    }

    private static string CheckSysctl(string value)
    {
        string name = value.Split('=', 2)[0].Trim();
        bool known = IpcSettings.Contains(name) || name.StartsWith("net.", StringComparison.Ordinal) || name.StartsWith("fs.mqueue.", StringComparison.Ordinal);
        return value.Contains('=') && known ? value : throw new FormatException($"sysctl '{value}' is not allowed");
    }

    private static string CheckLink(string value) => value.Split(':').Length > 2
        ? throw new FormatException("bad format for links: " + value)
        : value.Length == 0 ? throw new FormatException("empty string specified for links") : value;

    private static string CheckAddress(string value) => StrictAddress.TryParse(value.Trim(), out System.Net.IPAddress address)
        ? address.ToString()
        : throw new FormatException($"IP address is not correctly formatted: {value}");

    private static string CheckDnsSearch(string value)
    {
        string domain = value.Trim(' ');
        if (domain == ".")
        {
            return domain;
        }

        bool valid = domain.Length is > 0 and < 255 && domain.TrimEnd('.').Split('.').All(label =>
            label.Length is > 0 and < 64 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
        return valid && domain.Any(char.IsAsciiLetter) ? domain : throw new FormatException($"{value} is not a valid domain");
    }
}
