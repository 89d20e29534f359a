using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Wharf.OciRuntime.Tests.Lifecycle;

public sealed class EventsTests : IDisposable
{
    private readonly Runtime _runtime = new();

    public void Dispose() => _runtime.Dispose();

    [Fact]
    public async Task Events_KillForWantOfMemory_IsToldWhileTheContainerLives()
    {
        const int Kills = 5;
        _runtime.Configure(["sleep", "1000"], config => config["linux"]!["resources"]!["memory"] = new JsonObject { ["limit"] = 16 << 20, ["swap"] = 16 << 20 });
        _runtime.Run("run", "--detach", "--bundle", _runtime.Bundle, "c").Succeed();
        try
        {
            var start = new ProcessStartInfo(Runtime.Program) { RedirectStandardOutput = true, ArgumentList = { "--root", _runtime.Root, "events", "--interval", "1s", "c" } };
            using Process events = Process.Start(start)!;
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            // the first statistics: it watches
            Assert.Contains("\"type\":\"stats\"", await events.StandardOutput.ReadLineAsync(limit.Token));
            for (int i = 0; i < Kills; i++)
            {
                Assert.Equal(137, _runtime.Run("exec", "c", "busybox", "dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1").ExitCode);
                string? line;
                do
                {
                    line = await events.StandardOutput.ReadLineAsync(limit.Token);
                }
                while (line is not null && line.Contains("\"type\":\"stats\"", StringComparison.Ordinal));

                Assert.Equal("""{"type":"oom","id":"c"}""", line);
            }

            events.Kill();
            await events.WaitForExitAsync(limit.Token);
        }
        finally
        {
            _runtime.Run("delete", "--force", "c").Succeed();
        }
    }
}
