using System.Runtime.CompilerServices;
using System.Text.Json;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Tests.EndToEnd;

/// <summary>
/// This test program as a daemon that is going to be killed: with the variable set it starts the container of the task file, says so, and waits for its end.
/// </summary>
internal static class DoomedDaemon
{
    public const string Variable = "WHARF_TEST_DOOMED_DAEMON";

#pragma warning disable CA2255 // the test runner owns Main: this is the only place before it
    [ModuleInitializer]
    internal static void Run()
#pragma warning restore CA2255
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } execRoot)
        {
            return;
        }

        ShimTask task = JsonSerializer.Deserialize(Console.In.ReadToEnd(), ShimJson.Default.ShimTask)!;
        var factory = new ShimFactory(new ShimFactoryOptions { ExecRoot = execRoot, ShimPath = TestRoot.ShimPath!, WarmCount = 2 });
        IShim shim = factory.AcquireAsync(task.ContainerId, CancellationToken.None).GetAwaiter().GetResult();
        ShimLaunchResult result = shim.LaunchAsync(task, CancellationToken.None).GetAwaiter().GetResult();
        Console.WriteLine($"{shim.ShimPid} {result.Pid} {result.Error}");
        Thread.Sleep(Timeout.Infinite);
    }
}
