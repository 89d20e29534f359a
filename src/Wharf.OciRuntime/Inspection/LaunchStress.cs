using System.Diagnostics;
using System.Globalization;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.OciRuntime.Lifecycle;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.OciRuntime.Inspection;

/// <summary>
/// Starts a bundle again and again while other threads allocate and collect garbage. A poll for the collector, an allocation or a
/// lazily bound call in what the child runs does not show in a quiet process; here it hangs or kills a child within some dozen starts.
/// Only the compiled program can be tested so: a test host compiles otherwise.
/// </summary>
internal static class LaunchStress
{
    private const int AllocatingThreads = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static object? _sink;

    public static int Run(string bundle, int count, Session session)
    {
        RuntimeSpec spec = Bundle.Load(Bundle.ConfigOf(bundle));
        using var stop = new CancellationTokenSource();
        var threads = new List<Thread>();
        for (int i = 0; i < AllocatingThreads; i++)
        {
            bool collects = i == 0;
            var thread = new Thread(() => Allocate(collects, stop.Token)) { IsBackground = true };
            thread.Start();
            threads.Add(thread);
        }

        int collections = GC.CollectionCount(0);
        long slowest = 0;
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Once(spec, bundle, i);
            slowest = Math.Max(slowest, (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        stop.Cancel();
        threads.ForEach(thread => thread.Join());
        session.Print(string.Create(CultureInfo.InvariantCulture, $"{count} starts, {GC.CollectionCount(0) - collections} collections, slowest {slowest} us"));
        return 0;
    }

    private static void Once(RuntimeSpec spec, string bundle, int number)
    {
        using var watch = new Timer(_ => Environment.FailFast($"start {number} hangs"), null, Patience, Timeout.InfiniteTimeSpan);
        using LaunchPlan plan = SpecCompiler.Compile(new LaunchRequest { ContainerId = "stress", Spec = spec, Bundle = bundle, Stdio = StdioDescriptors.None });
        LaunchResult result = Launcher.Launch(plan);
        if (result.Failure is { } failure)
        {
            throw new LaunchException(failure);
        }

        ProcessCalls.Wait(result.PidFd!, block: true, out ProcessEnd end).ThrowIfError("waitid");
        result.PidFd!.Dispose();
        if (end.ExitCode != 0)
        {
            throw WharfException.Internal($"start {number} ended with {end.ExitCode}");
        }
    }

    private static void Allocate(bool collects, CancellationToken stop)
    {
        var kept = new List<object>();
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            _sink = new byte[100 + (i % 2000)];
            kept.Add(_sink);
            if (kept.Count > 20_000)
            {
                kept.Clear();
            }

            if (collects && i % 500 == 0)
            {
                GC.Collect(0);
            }
        }
    }
}
