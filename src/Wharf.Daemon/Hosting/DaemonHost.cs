using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Wharf.Api.Server.Listening;
using Wharf.Api.Server.Routing;
using Wharf.Daemon.Logging;
using Wharf.Daemon.Options;

namespace Wharf.Daemon.Hosting;

/// <summary>The life of the daemon: folders, engine, API, then signals until it is told to stop. Containers outlive it.</summary>
internal static partial class DaemonHost
{
    public static async Task<int> RunAsync(DaemonOptions options, OptionValues values, IReadOnlyList<string> arguments)
    {
        using var log = new DaemonLog(Console.OpenStandardError(), options.LogAsJson, TimeProvider.System) { Level = options.LogLevel };
        ILogger logger = log.CreateLogger("daemon");
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable signals = StopSignals(stop);

        ApiServerOptions listening = Listening(options, logger);
        listening.Check();
        using DataRoot root = DataRoot.Open(options.DataRoot, options.ExecRoot);
        using PidFile pid = PidFile.Write(options.PidFile);
        await using Composition composition = await Composition.BuildAsync(options, log);
        await using var server = new ApiServer(listening, composition.Routes, new ServerIdentity(BuildFacts.Version, options.Experimental), log);
        await server.StartAsync(CancellationToken.None);
        composition.Prepare();
        var reloader = new Reloader(log, arguments, values, composition);
        using PosixSignalRegistration reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            reloader.Run();
        });

        using MetricsListener? metrics = options.Metrics is { } address
            ? MetricsListener.Start(address, () => composition.Engine.Metrics.Write(BuildFacts.Version, BuildFacts.Commit), log.CreateLogger("metrics"))
            : null;
        LogInitialized(logger);
        foreach (ListenAddress host in options.Hosts)
        {
            LogListening(logger, host);
        }

        using IdleMemory memory = IdleMemory.OfThisProcess();
        Systemd.Notify("READY=1");
        await stop.Task;
        LogStopping(logger);
        Systemd.Notify("STOPPING=1");
        await composition.Engine.ShutDownContainersAsync();
        using var patience = new CancellationTokenSource(composition.Options.ShutdownTimeout);
        await server.StopAsync(patience.Token);
        return 0;
    }

    private static ApiServerOptions Listening(DaemonOptions options, ILogger logger)
    {
        foreach (ListenAddress.Tcp tcp in options.Hosts.OfType<ListenAddress.Tcp>())
        {
            if (options.Tls is null)
            {
                LogPlainTcp(logger, tcp);
            }
        }

        return new ApiServerOptions
        {
            Addresses = options.Hosts,
            Tls = options.Tls is TlsFiles files ? Certificates.Load(files) : null,
            AllowPlainTcp = options.AllowPlainTcp,
            TakeOwnership = path => SocketGroup.Apply(path, options.Group, logger),
            InheritedDescriptors = Systemd.InheritedSockets(),
        };
    }

    private static Registrations StopSignals(TaskCompletionSource stop)
    {
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }

        return new Registrations(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop), PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));
    }

    private sealed class Registrations(params PosixSignalRegistration[] all) : IDisposable
    {
        public void Dispose() => Array.ForEach(all, registration => registration.Dispose());
    }

    [LoggerMessage(7001, LogLevel.Information, "Daemon has completed initialization")]
    private static partial void LogInitialized(ILogger log);

    [LoggerMessage(7002, LogLevel.Information, "API listen on {Address}")]
    private static partial void LogListening(ILogger log, ListenAddress address);

    [LoggerMessage(7003, LogLevel.Information, "Processing signal 'terminated'")]
    private static partial void LogStopping(ILogger log);

    [LoggerMessage(7004, LogLevel.Warning,
        "API is accessible on http://{Address} without encryption. Access to the remote API is equivalent to root access on the host.")]
    private static partial void LogPlainTcp(ILogger log, ListenAddress.Tcp address);
}
