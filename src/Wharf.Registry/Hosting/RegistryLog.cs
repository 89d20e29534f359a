using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Wharf.Registry.Hosting;

/// <summary>The registry's log on standard error: <c>time="…" level=info msg="…"</c>, or one JSON object a line. Kestrel's own begins at warnings.</summary>
internal sealed class RegistryLog(Stream output, LogLevel level, bool asJson, IReadOnlyList<KeyValuePair<string, string>> fields, TimeProvider clock) : ILoggerFactory
{
    private readonly Lock _gate = new();
    private readonly string _fields = string.Concat(fields.Select(f => asJson ? $",{Quote(f.Key)}:{Quote(f.Value)}" : $" {f.Key}={Quote(f.Value)}"));

    public ILogger CreateLogger(string categoryName) =>
        new Category(this, categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Trace);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the registry logs to one place");

    public void Dispose()
    {
    }

    private void Write(LogLevel at, string message, Exception? error)
    {
        string time = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff00'Z'");
        string text = error is null ? message : $"{message}: {error}";
        byte[] line = Encoding.UTF8.GetBytes(asJson
            ? $"{{\"level\":{Quote(Name(at))},\"msg\":{Quote(text)},\"time\":{Quote(time)}{_fields}}}\n"
            : $"time=\"{time}\" level={Name(at)} msg={Quote(text)}{_fields}\n");
        lock (_gate)
        {
            output.Write(line);
            output.Flush();
        }
    }

    // Names with newlines or control characters must not forge lines.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private sealed class Category(RegistryLog log, LogLevel atLeast) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= log.MinimumLevel && logLevel >= atLeast;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(logLevel, formatter(state, exception), exception);
            }
        }
    }

    private LogLevel MinimumLevel => level;
}
