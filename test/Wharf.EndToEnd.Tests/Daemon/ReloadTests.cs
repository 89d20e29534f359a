using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Daemon;

/// <summary>SIGHUP: what may change changes at once, the rest is named in the log, and the event says all of it.</summary>
public sealed class ReloadTests
{
    [Fact]
    public void Hangup_TakesOverEveryReloadableKey()
    {
        string file = Path.Combine("/var/tmp", "wharf-reload-" + Guid.NewGuid().ToString("N")[..8] + ".json");
        File.WriteAllText(file, """{"labels":["a=1"],"debug":false}""");
        using var engine = new Engine("--config-file", file);
        try
        {
            Assert.Equal("[a=1] false true", engine.Run(Client.Docker, "info", "-f", "{{.Labels}} {{.Debug}} {{.LiveRestoreEnabled}}").Ok().Text);
            File.WriteAllText(file, """
                {"labels":["b=2","c=3"],"debug":true,"live-restore":false,"max-concurrent-downloads":7,"max-concurrent-uploads":8,"max-download-attempts":9,
                 "insecure-registries":["10.1.0.0/16","plain.example"],"registry-mirrors":["https://mirror.example/"],"shutdown-timeout":33,
                 "default-runtime":"other","runtimes":{"other":{"path":"/usr/bin/crun"}},"features":{"cdi":true},"mtu":1400}
                """);
            Command.Run("kill", ["-HUP", engine.DaemonPid.ToString()]).Ok();
            Patience.Until(() => engine.Run(Client.Docker, "info", "-f", "{{.Labels}}").Text == "[b=2 c=3]", "the labels are taken over");
            Assert.Equal("[b=2 c=3] true false other", engine.Run(Client.Docker, "info", "-f", "{{.Labels}} {{.Debug}} {{.LiveRestoreEnabled}} {{.DefaultRuntime}}").Ok().Text);
            string info = engine.Run(Client.Docker, "info").Ok().Out;
            Assert.Contains("10.1.0.0/16", info);
            Assert.Contains("plain.example", info);
            Assert.Contains("https://mirror.example/", info);
            Assert.Contains("other", engine.Run(Client.Docker, "info", "-f", "{{json .Runtimes}}").Ok().Text);
            Patience.Until(() => engine.Log().Contains("mtu has changed and takes effect after a restart", StringComparison.Ordinal), "the log says what waits for a restart");

            Thread.Sleep(1100);
            string line = engine.Run(Client.Docker, "events", "--since", "1m", "--until", "0s", "--filter", "type=daemon", "--format", "{{json .}}").Ok().Text;
            JsonElement attributes = JsonDocument.Parse(line).RootElement.GetProperty("Actor").GetProperty("Attributes");
            foreach ((string name, string value) in new[]
            {
                ("name", Environment.MachineName), ("debug", "true"), ("live-restore", "false"), ("max-concurrent-downloads", "7"), ("max-concurrent-uploads", "8"),
                ("max-download-attempts", "9"), ("labels", "[\"b=2\",\"c=3\"]"), ("insecure-registries", "[\"10.1.0.0/16\",\"plain.example\"]"),
                ("registry-mirrors", "[\"https://mirror.example/\"]"), ("shutdown-timeout", "33"), ("default-runtime", "other"), ("default-ipc-mode", "private"),
                ("default-shm-size", "67108864"), ("features", "{\"cdi\":true}"),
            })
            {
                Assert.Equal(value, attributes.GetProperty(name).GetString());
            }

            Assert.Contains("other:/usr/bin/crun", attributes.GetProperty("runtimes").GetString());

            File.WriteAllText(file, """{"labels":["d=4"],"nonsense":1}""");
            Command.Run("kill", ["-HUP", engine.DaemonPid.ToString()]).Ok();
            Patience.Until(() => engine.Log().Contains("the following directives don't match any configuration option: nonsense", StringComparison.Ordinal), "the log says what is wrong");
            Assert.Equal("[b=2 c=3]", engine.Run(Client.Docker, "info", "-f", "{{.Labels}}").Ok().Text);
            File.WriteAllText(file, "{}");
        }
        finally
        {
            engine.Stop();
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("""{"nonsense":true}""", "the following directives don't match any configuration option: nonsense")]
    [InlineData("""{"labels":["x"]}""", "bad attribute format: x")]
    [InlineData("""{"data-root":[]}""", "unable to configure the Docker daemon with file")]
    [InlineData("""{"features":{"moon":true}}""", "feature moon=true is not supported")]
    [InlineData("not json", "unable to configure the Docker daemon with file")]
    public void Validate_NamesWhatIsWrong(string content, string text)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, content);
        Command.Run(Repository.Program("wharfd"), ["--validate", "--config-file", file]).Fails(1, text);
        File.WriteAllText(file, """{"labels":["x=y"],"metrics-addr":"127.0.0.1:9323","cdi-spec-dirs":["/etc/cdi"]}""");
        Assert.Contains("configuration OK", Command.Run(Repository.Program("wharfd"), ["--validate", "--config-file", file]).Ok() is var ok ? ok.Out + ok.Error : "");
        Command.Run(Repository.Program("wharfd"), ["--validate", "--config-file", file, "--label", "a=b"]).Fails(1, "the following directives are specified both as a flag and in the configuration file: labels");
        File.Delete(file);
    }
}
