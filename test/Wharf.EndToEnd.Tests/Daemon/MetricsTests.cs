using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Daemon;

public sealed class MetricsTests
{
    [Fact]
    public void Metrics_CountWhatTheEngineDoes()
    {
        using var engine = new Engine("--metrics-addr", "127.0.0.1:9323");
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "--name", "one", "--health-cmd", "false", "busybox", "true").Ok();
        engine.Run(Client.Docker, "run", "-d", "--name", "two", "--health-cmd", "false", "--health-interval", "100ms", "busybox", "sleep", "600").Ok();
        engine.Run(Client.Docker, "rm", "one").Ok();
        Patience.Until(() => engine.Run(Client.Docker, "inspect", "-f", "{{.State.Health.FailingStreak}}", "two").Ok().Text != "0", "a probe fails");
        string page = engine.OnHost("curl", "-sS", "-i", "http://127.0.0.1:9323/metrics").Ok().Out;
        Assert.StartsWith("HTTP/1.1 200 OK", page);
        Assert.Contains("Content-Type: text/plain; version=0.0.4", page);
        Assert.Contains("engine_daemon_container_states_containers{state=\"running\"} 1\n", page);
        Assert.Contains("engine_daemon_container_actions_seconds_count{action=\"create\"} 2\n", page);
        Assert.Contains("engine_daemon_container_actions_seconds_count{action=\"start\"} 2\n", page);
        Assert.Contains("engine_daemon_container_actions_seconds_count{action=\"delete\"} 1\n", page);
        Assert.Contains("engine_daemon_container_actions_seconds_bucket{action=\"delete\",le=\"+Inf\"} 1\n", page);
        Assert.Matches("engine_daemon_health_checks_failed_total [1-9]", page);
        Assert.Matches("engine_daemon_events_total [1-9][0-9]*\n", page);
        Assert.Contains("engine_daemon_engine_info{architecture=", page);
        Assert.StartsWith("HTTP/1.1 404", engine.OnHost("curl", "-sS", "-i", "http://127.0.0.1:9323/other").Ok().Out);
    }
}
