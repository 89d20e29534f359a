using System.Collections;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Wharf.Primitives;
using Wharf.Primitives.Trust;
using Wharf.Registry.Hosting;
using Wharf.Registry.Metrics;
using Wharf.Registry.Settings;
using Wharf.Registry.Storage;

namespace Wharf.Registry;

/// <summary>The program wharf-registry: options in, registry up, exit status out.</summary>
internal static class Program
{
    // What Docker's programs return for a wrong command line.
    private const int BadUsage = 125;

    private static string Version =>
        (typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];

    private static async Task<int> Main(string[] arguments)
    {
        SystemTrust.Find();
        if (arguments.Contains("--help") || arguments.Contains("-h"))
        {
            await Console.Out.WriteAsync(HelpText.Render());
            return 0;
        }

        if (arguments is ["--version" or "-v"])
        {
            await Console.Out.WriteLineAsync($"wharf-registry version {Version}");
            return 0;
        }

        if (arguments is ["rootfs"])
        {
            using Stream output = Console.OpenStandardOutput();
            RootFiles.Write(output);
            return 0;
        }

        // Docker's image has "registry serve FILE" for its command, and only FILE when the entry point says the rest.
        bool collect = arguments is ["garbage-collect", ..];
        string[] rest = arguments is ["serve" or "garbage-collect", .. var tail] ? tail : arguments;
        RegistryOptions options;
        try
        {
            options = OptionsBinder.Bind(OptionReader.Read(rest, Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .Select(v => KeyValuePair.Create((string)v.Key, (string?)v.Value ?? ""))));
        }
        catch (WharfException e)
        {
            await Console.Error.WriteLineAsync($"wharf-registry: {e.Message}");
            return BadUsage;
        }

        using var log = new RegistryLog(Console.OpenStandardError(), options.LogLevel, options.LogAsJson, options.LogFields, TimeProvider.System);
        try
        {
            return collect ? await CollectAsync(options, log) : await ServeAsync(options, log);
        }
        catch (Exception e) when (e is WharfException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"wharf-registry: {e.Message}");
            return 1;
        }
    }

    private static async Task<int> ServeAsync(RegistryOptions options, RegistryLog log)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }

        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop), interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using RegistryHost host = await RegistryHost.StartAsync(options, log, Console.OpenStandardOutput(), TimeProvider.System, CancellationToken.None);
        await stop.Task;
        return 0;
    }

    // For a store that no registry serves; a running one collects by itself.
    private static async Task<int> CollectAsync(RegistryOptions options, RegistryLog log)
    {
        using RegistryStore store = RegistryStore.Open(options.Root, TimeProvider.System, options.Garbage.Grace);
        var collector = new GarbageCollector(store, new RegistryMeters(TimeProvider.System), log.CreateLogger("registry"));
        (long files, long bytes, long manifests) = await collector.RunAsync(options.Garbage, CancellationToken.None);
        await Console.Out.WriteLineAsync($"{files} files of {bytes} bytes freed, {manifests} manifests dropped");
        return 0;
    }
}
