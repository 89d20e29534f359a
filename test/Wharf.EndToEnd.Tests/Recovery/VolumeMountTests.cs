using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Recovery;

/// <summary>A volume with a mount of its own is still the same mount after a restart of the daemon, until its last user has ended.</summary>
public sealed class VolumeMountTests
{
    [Fact]
    public void RestartedDaemon_ContainersShareTheMountAndTheLastOneGivesItBack()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "volume", "create", "--opt", "type=tmpfs", "--opt", "device=tmpfs", "scratch").Ok();
        engine.Run(Client.Docker, "run", "-d", "--name", "first", "-v", "scratch:/foo", "busybox", "sh", "-c", "echo hello > /foo/text; sleep 600").Ok();
        Patience.Until(() => engine.Run(Client.Docker, "exec", "first", "cat", "/foo/text").Out == "hello\n", "the file");
        string since = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString();

        engine.Stop();
        engine.Start();

        Assert.Equal("hello", engine.Run(Client.Docker, "run", "--rm", "-v", "scratch:/foo", "busybox", "cat", "/foo/text").Ok().Text);
        engine.Run(Client.Docker, "volume", "rm", "scratch").Fails(1, "volume is in use");
        engine.Run(Client.Docker, "rm", "-f", "first").Ok();

        // "--until 0s" means the second that has begun, so the last event may come a moment later
        Patience.Until(
            () => engine.Run(Client.Docker, "events", "--since", since, "--until", "0s", "--filter", "event=unmount", "--format", "{{.Actor.ID}}").Ok().Out
                .Split('\n').Count(l => l == "scratch") == 2,
            "the end of both uses");
        Assert.DoesNotContain("volumes/scratch", File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        engine.Run(Client.Docker, "volume", "rm", "scratch").Ok();
    }
}
