using System.Text;
using Wharf.Linux;
using Wharf.OciRuntime.Containers;

namespace Wharf.OciRuntime.CommandLine;

/// <summary>What the global flags say, for the command that runs: where containers are kept, where output and errors go.</summary>
internal sealed class Session
{
    public const string DefaultRoot = "/run/wharf-oci";

    private readonly string? _logPath;
    private readonly bool _jsonLog;
    private readonly bool _debug;

    public Session(Arguments flags)
    {
        Store = new ContainerStore(flags.Text("root") ?? DefaultRoot);
        _logPath = flags.Text("log");
        _jsonLog = flags.Text("log-format") == "json";
        _debug = flags.IsSet("debug");
    }

    public ContainerStore Store { get; }

    /// <summary>The exit code of a failure of the command that runs.</summary>
    public int FailureCode { get; set; } = 1;

    public void Print(string text) => FileCalls.WriteAll(FileCalls.Borrow(1), Encoding.UTF8.GetBytes(text + "\n")).ThrowIfError("write", "stdout");

    /// <summary>
    /// To the log; without one to a person's terminal only: an engine may have connected stderr to the container's own output.
    /// </summary>
    public void Warn(IEnumerable<string> messages)
    {
        if (_logPath is null && !_debug && !TerminalCalls.IsTerminal(FileCalls.Borrow(2)))
        {
            return;
        }

        foreach (string message in messages)
        {
            Log("warning", message);
        }
    }

    /// <summary>One line of the log for each line of the text, which is made only where --debug asks for it.</summary>
    public void Debug(Func<string> text)
    {
        foreach (string line in _debug ? text().TrimEnd('\n').Split('\n') : [])
        {
            Log("debug", line);
        }
    }

    /// <summary>An error goes to the log, where an engine looks for it, and to stderr, where a person does.</summary>
    public void Error(string message)
    {
        Log("error", message);
        if (_logPath is not null)
        {
            WriteError(message);
        }
    }

    public static void WriteError(string message) => _ = FileCalls.WriteAll(FileCalls.Borrow(2), Encoding.UTF8.GetBytes(message + "\n"));

    private void Log(string level, string message)
    {
        if (string.IsNullOrEmpty(_logPath))
        {
            WriteError(_debug ? LogLine.Format(level, message, DateTimeOffset.UtcNow, _jsonLog) : level == "error" ? message : $"{level}: {message}");
            return;
        }

        string line = LogLine.Format(level, message, DateTimeOffset.UtcNow, _jsonLog);
        Errno errno = FileCalls.Open(_logPath, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, out var file, 0b110_100_100);
        using (file)
        {
            if (errno == Errno.None)
            {
                errno = FileCalls.WriteAll(file, Encoding.UTF8.GetBytes(line + "\n"));
            }
        }

        if (errno != Errno.None)
        {
            WriteError($"{level}: {message} (and the log {_logPath} cannot be written: {errno.Describe()})");
        }
    }
}
