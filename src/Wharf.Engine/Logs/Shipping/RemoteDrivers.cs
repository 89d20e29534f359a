using System.Collections.Frozen;
using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>
/// The log drivers that send lines away. The shim writes such a container's output to a file like any other's; the engine sends from there. So a
/// receiver that hangs or is away never holds up the program, a daemon that restarts sends on where the last one stopped, and <c>logs</c> works.
/// </summary>
internal static class RemoteDrivers
{
    private const string DefaultTag = "{{.ID}}";

    private static readonly string[] Common =
        ["labels", "labels-regex", "env", "env-regex", "tag", "mode", "max-buffer-size", "cache-disabled", "cache-max-size", "cache-max-file", "cache-compress"];

    private static readonly FrozenDictionary<string, FrozenSet<string>> Options = new Dictionary<string, FrozenSet<string>>
    {
        ["syslog"] = FrozenSet.ToFrozenSet([.. Common, "syslog-address", "syslog-facility", "syslog-format"]),
        ["gelf"] = FrozenSet.ToFrozenSet([.. Common, "gelf-address", "gelf-compression-type"]),
        ["fluentd"] = FrozenSet.ToFrozenSet([.. Common, "fluentd-address", "fluentd-async"]),
        ["journald"] = FrozenSet.ToFrozenSet(Common),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Options.Keys.Order(StringComparer.Ordinal);

    public static FrozenSet<string>? OptionsOf(string? driver) => driver is null ? null : Options.GetValueOrDefault(driver);

    public static bool IsRemote(HostConfigLogConfig? config) => config?.Type is { } type && Options.ContainsKey(type);

    /// <exception cref="WharfException">InvalidArgument: an option that the driver cannot use.</exception>
    public static void Check(HostConfigLogConfig config)
    {
        Dictionary<string, string> options = config.Config ?? [];
        switch (config.Type)
        {
            case "syslog":
                _ = SyslogSender.AddressOf(options);
                _ = SyslogSender.FacilityOf(options);
                _ = SyslogSender.FormatOf(options);
                break;
            case "gelf":
                _ = GelfSender.AddressOf(options);
                _ = GelfSender.CompressionOf(options);
                break;
            case "fluentd":
                _ = FluentdSender.AddressOf(options);
                break;
            default:
                break;
        }
    }

    /// <summary>A start waits for the receiver, unless the user said that it need not be there.</summary>
    public static bool MustConnect(HostConfigLogConfig config) => config.Config?.GetValueOrDefault("fluentd-async") is not ("true" or "1");

    public static ILogSender Sender(ContainerRecord record)
    {
        HostConfigLogConfig config = record.HostConfig.LogConfig!;
        Dictionary<string, string> options = config.Config ?? [];
        string tag = LogTag.Of(options.GetValueOrDefault("tag") is { Length: > 0 } text ? text : DefaultTag, record);
        Dictionary<string, string> chosen = LogAttributes.Chosen(record.Config, options);
        return config.Type switch
        {
            "syslog" => new SyslogSender(SyslogSender.AddressOf(options), SyslogSender.FormatOf(options), SyslogSender.FacilityOf(options), tag),
            "gelf" => new GelfSender(GelfSender.AddressOf(options), GelfFacts.Of(record, tag, chosen), GelfSender.CompressionOf(options)),
            "fluentd" => new FluentdSender(FluentdSender.AddressOf(options), tag, record.Id, record.Name, chosen),
            _ => new JournaldSender(JournaldSender.Journal, JournaldSender.Fields(record, tag, chosen)),
        };
    }
}
