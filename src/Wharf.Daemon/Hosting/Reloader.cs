using Microsoft.Extensions.Logging;
using Wharf.Daemon.Logging;
using Wharf.Daemon.Options;
using Wharf.Engine.Events;
using Wharf.Primitives;

namespace Wharf.Daemon.Hosting;

/// <summary>
/// SIGHUP: reads the options again. Those that may change do so at once; a change to any other is named in the log, so that nobody believes
/// it holds. A file that cannot be read changes nothing.
/// </summary>
internal sealed partial class Reloader(DaemonLog log, IReadOnlyList<string> arguments, OptionValues initial, IEventService events, string engineId)
{
    private readonly ILogger logger = log.CreateLogger("daemon");

    public void Run()
    {
        OptionValues next;
        DaemonOptions options;
        try
        {
            next = FlagParser.Parse(arguments);
            ConfigFile.Merge(next);
            options = OptionsBinder.Bind(next, BuildFacts.Version);
        }
        catch (Exception error) when (error is WharfException or IOException or UnauthorizedAccessException)
        {
            LogRefused(error.Message);
            return;
        }

        foreach (OptionSpec spec in OptionTable.All.Where(spec => !spec.Reloads && !next.List(spec.Name).SequenceEqual(initial.List(spec.Name))))
        {
            LogNeedsRestart(spec.Key ?? spec.Name);
        }

        log.Level = options.LogLevel;
        LogReloaded(options.LogLevel);
        events.Publish("daemon", "reload", engineId, new Dictionary<string, string>
        {
            ["name"] = Environment.MachineName,
            ["debug"] = options.Debug ? "true" : "false",
        });
    }

    [LoggerMessage(7201, LogLevel.Information, "Reloaded configuration: log level {Level}")]
    private partial void LogReloaded(LogLevel level);

    [LoggerMessage(7202, LogLevel.Warning, "Option {Key} has changed and takes effect after a restart")]
    private partial void LogNeedsRestart(string key);

    [LoggerMessage(7203, LogLevel.Error, "Configuration was not reloaded: {Message}")]
    private partial void LogRefused(string message);
}
