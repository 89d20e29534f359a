using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Wharf.Daemon.Logging;

/// <summary>
/// The daemon's log on standard error, in the form of Docker's: <c>time="…" level=info msg="…"</c>, or one JSON object a line. Kestrel's own
/// chatter begins at warnings. The level can change while it runs.
/// </summary>
internal sealed class DaemonLog(Stream output, bool asJson, TimeProvider clock) : ILoggerFactory
{
    private const string FrameworkPrefix = "Microsoft.";

    private readonly Lock gate = new();

    public LogLevel Level { get; set; } = LogLevel.Information;

    public ILogger CreateLogger(string categoryName) =>
        new CategoryLogger(this, categoryName.StartsWith(FrameworkPrefix, StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Trace);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the daemon logs to one place");

    public void Dispose()
    {
    }

    public void Write(LogLevel level, string message, Exception? error)
    {
        string time = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff00'Z'");
        string text = error is null ? message : $"{message}: {error}";
        byte[] line = Encoding.UTF8.GetBytes(asJson
            ? $"{{\"level\":{Quote(Name(level))},\"msg\":{Quote(text)},\"time\":{Quote(time)}}}\n"
            : $"time=\"{time}\" level={Name(level)} msg={Quote(text)}\n");
        lock (gate)
        {
            output.Write(line);
            output.Flush();
        }
    }

    // Quoting as JSON does keeps names with newlines and control characters of the terminal from forging lines.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private sealed class CategoryLogger(DaemonLog log, LogLevel atLeast) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= log.Level && logLevel >= atLeast;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(logLevel, formatter(state, exception), exception);
            }
        }
    }
}
