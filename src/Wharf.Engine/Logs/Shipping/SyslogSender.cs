using System.Globalization;
using System.Text;
using Wharf.Primitives;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>Syslog in the forms of RFC 3164 and RFC 5424, by UDP, TCP or a unix socket.</summary>
internal sealed class SyslogSender(LogAddress address, string format, int facility, string tag) : SocketSender(address)
{
    private const int DefaultPort = 514;
    private const int Information = 6, Error = 3, Daemon = 3;

    private static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "", "", "", "",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    public static LogAddress AddressOf(IReadOnlyDictionary<string, string> options) => options.GetValueOrDefault("syslog-address") is { Length: > 0 } text
        ? LogAddress.Parse("syslog-address", text, DefaultPort, "udp", "tcp", "unix", "unixgram")
        : new LogAddress("unixgram", "/dev/log", 0);

    /// <exception cref="WharfException">InvalidArgument: no such facility.</exception>
    public static int FacilityOf(IReadOnlyDictionary<string, string> options)
    {
        string text = options.GetValueOrDefault("syslog-facility", "");
        int index = text.Length == 0 ? Daemon : Array.IndexOf(Facilities, text);
        return index >= 0 ? index
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 0 and <= 23 ? number
            : throw WharfException.Invalid($"invalid syslog facility: {text}");
    }

    /// <exception cref="WharfException">InvalidArgument: no such format.</exception>
    public static string FormatOf(IReadOnlyDictionary<string, string> options) => options.GetValueOrDefault("syslog-format", "") switch
    {
        "" => "unix",
        "rfc3164" or "rfc5424" or "rfc5424micro" => options["syslog-format"],
        string other => throw WharfException.Invalid($"Invalid syslog format: {other}"),
    };

    protected override IEnumerable<ReadOnlyMemory<byte>> Messages(ShippedLine line)
    {
        int priority = (facility * 8) + (line.IsError ? Error : Information), pid = Environment.ProcessId;
        DateTimeOffset time = line.Moment;
        string head = format switch
        {
            "rfc5424" => $"<{priority}>1 {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}+00:00 {Environment.MachineName} {tag} {pid} {tag} - ",
            "rfc5424micro" => $"<{priority}>1 {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff}Z {Environment.MachineName} {tag} {pid} {tag} - ",
            "rfc3164" => $"<{priority}>{Stamp(time)} {Environment.MachineName} {tag}[{pid}]: ",
            _ => $"<{priority}>{Stamp(time)} {tag}[{pid}]: ",
        };
        bool stream = Address.Scheme is "tcp" or "unix";
        byte[] start = Encoding.UTF8.GetBytes(head);
        return [(byte[])[.. start, .. line.Text, .. stream ? "\n"u8.ToArray() : []]];
    }

    // "Jan  2 15:04:05": the day is padded with a space
    private static string Stamp(DateTimeOffset time) =>
        time.ToLocalTime().ToString("MMM ", CultureInfo.InvariantCulture) + time.ToLocalTime().Day.ToString(CultureInfo.InvariantCulture).PadLeft(2) + time.ToLocalTime().ToString(" HH:mm:ss", CultureInfo.InvariantCulture);
}
