using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Wharf.Daemon.Logging;
using Wharf.Daemon.Options;
using Wharf.Engine;
using Wharf.Primitives;

namespace Wharf.Daemon.Hosting;

/// <summary>
/// SIGHUP: reads the options again. Those that may change do so at once; a change to any other is named in the log, so that nobody believes
/// it holds. A file that cannot be read changes nothing.
/// </summary>
internal sealed partial class Reloader(DaemonLog log, IReadOnlyList<string> arguments, OptionValues initial, Composition composition)
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
        composition.Reload(options);
        composition.Services.Events.Publish("daemon", "reload", composition.Services.System.Info().ID ?? "", Attributes(options));
    }

    private static Dictionary<string, string> Attributes(DaemonOptions options) => new()
    {
        ["name"] = Environment.MachineName,
        ["debug"] = Word(options.Debug),
        ["default-ipc-mode"] = options.Engine.IpcMode,
        ["default-runtime"] = options.Engine.DefaultRuntime,
        ["default-shm-size"] = options.Engine.ShmSize.ToString(CultureInfo.InvariantCulture),
        ["features"] = options.Engine.CdiFolders.Count > 0 ? "{\"cdi\":true}" : "{\"cdi\":false}",
        ["insecure-registries"] = List(options.Images.Registries.Insecure),
        ["labels"] = List(options.Engine.Labels),
        ["live-restore"] = Word(options.Engine.LiveRestore),
        ["max-concurrent-downloads"] = options.Images.MaxConcurrentDownloads.ToString(CultureInfo.InvariantCulture),
        ["max-concurrent-uploads"] = options.Images.MaxConcurrentUploads.ToString(CultureInfo.InvariantCulture),
        ["max-download-attempts"] = options.Images.MaxDownloadAttempts.ToString(CultureInfo.InvariantCulture),
        ["registry-mirrors"] = List(options.Images.Registries.Mirrors),
        ["runtimes"] = string.Join(' ', options.Engine.Runtimes.Select(r => $"{r.Key}:{r.Value.Path}").Prepend(EngineOptions.OwnRuntime + ":wharf-shim")),
        ["shutdown-timeout"] = options.ShutdownTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture),
    };

    private static string Word(bool flag) => flag ? "true" : "false";

    private static string List(IReadOnlyList<string> items) => "[" + string.Join(',', items.Select(i => $"\"{JsonEncodedText.Encode(i)}\"")) + "]";

    [LoggerMessage(7201, LogLevel.Information, "Reloaded configuration: log level {Level}")]
    private partial void LogReloaded(LogLevel level);

    [LoggerMessage(7202, LogLevel.Warning, "Option {Key} has changed and takes effect after a restart")]
    private partial void LogNeedsRestart(string key);

    [LoggerMessage(7203, LogLevel.Error, "Configuration was not reloaded: {Message}")]
    private partial void LogRefused(string message);
}
