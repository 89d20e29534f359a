using Wharf.Cli.Tests.Framework;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Contexts;

public sealed class ContextTests
{
    [Fact]
    public void Context_FromCreateToRemove_IsUsedAndListed()
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, "[]"));
        using var cli = new CliHarness();
        string ca = Path.Combine(cli.ConfigDirectory, "ca");
        File.WriteAllText(ca, "certificate");
        string log = cli.Transcript("context", "create", "one", "--description", "first", "--docker", "host=" + engine.Host)
            + cli.Transcript("context", "create", "two", "--docker", $"host=tcp://127.0.0.1:1,ca={ca}")
            + cli.Transcript("context", "create", "one", "--docker", "host=unix:///x")
            + cli.Transcript("context", "ls")
            + cli.Transcript("context", "use", "one")
            + cli.Transcript("context", "show")
            + cli.Transcript("ps")
            + cli.Transcript("context", "inspect", "two")
            + cli.Transcript("context", "update", "two", "--description", "second")
            + cli.Transcript("context", "ls", "-q")
            + cli.Transcript("context", "rm", "one")
            + cli.Transcript("context", "rm", "-f", "one", "two")
            + cli.Transcript("context", "ls");
        Golden.Match("contexts", log.Replace(engine.Host, "unix:///engine.sock", StringComparison.Ordinal));
        Assert.Single(engine.Requests);
    }

    [Fact]
    public void Export_ThenImport_GivesTheSameContext()
    {
        using var cli = new CliHarness();
        string ca = Path.Combine(cli.ConfigDirectory, "ca");
        string file = Path.Combine(cli.ConfigDirectory, "x.dockercontext");
        File.WriteAllText(ca, "certificate");
        cli.Run("context", "create", "aa", "--description", "d", "--docker", $"host=tcp://h:1,ca={ca}");
        Assert.Equal(0, cli.Run("context", "export", "aa", file));
        Assert.Equal(1, cli.Run("context", "export", "aa", file));
        Assert.Equal(0, cli.Run("context", "import", "bb", file));
        cli.Run("context", "inspect", "-f", "{{.Metadata.Description}} {{.Endpoints.docker.Host}} {{json .TLSMaterial}}", "bb");
        Assert.Equal("d tcp://h:1 {\"docker\":[\"ca.pem\"]}\n", cli.Terminal.OutText);
    }

    [Fact]
    public void Complete_NamesFlagsAndObjects_AreOffered()
    {
        using var engine = new FakeEngine(r => r.Path == "/containers/json"
            ? new FakeReply(200, "[{\"Id\":\"a\",\"Names\":[\"/web\"],\"State\":\"running\"},{\"Id\":\"b\",\"Names\":[\"/job\"],\"State\":\"exited\"}]")
            : new FakeReply(200, "[]"));
        using var cli = new CliHarness(engine);
        cli.Run("__complete", "--", "container", "sto");
        Assert.Equal("stop\tStop one or more running containers\n:4\n", cli.Terminal.OutText);
        cli.Run("__complete", "--", "stop", "");
        Assert.Equal("web\n:4\n", cli.Terminal.OutText);
        cli.Run("__complete", "--", "start", "");
        Assert.Equal("job\n:4\n", cli.Terminal.OutText);
        cli.Run("__complete", "--", "run", "--re");
        Assert.StartsWith("--read-only\t", cli.Terminal.OutText);
        cli.Run("__complete", "--", "run", "--restart", "un");
        Assert.Equal("unless-stopped\n:4\n", cli.Terminal.OutText);
        cli.Run("__complete", "--", "run", "busybox", "");
        Assert.Equal(":0\n", cli.Terminal.OutText);
    }
}
