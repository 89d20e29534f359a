using System.Text;
using System.Text.Json;
using Wharf.Cli.Tests.Framework;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Containers;

public sealed class RunTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static FakeReply? Answer(FakeRequest request, Action<Stream> talk, int exit = 0) => request.Route switch
    {
        "POST /containers/create" => new FakeReply(201, $"{{\"Id\":\"{Id}\",\"Warnings\":[]}}"),
        $"POST /containers/{Id}/attach" => new FakeReply(101) { Hijack = talk },
        $"POST /containers/{Id}/wait" => new FakeReply(200, $"{{\"StatusCode\":{exit}}}"),
        $"POST /containers/{Id}/start" => new FakeReply(204),
        _ => null,
    };

    private static void Say(Stream stream)
    {
        stream.Write(FakeEngine.Frame(1, "out\n"));
        stream.Write(FakeEngine.Frame(2, "err\n"));
        stream.Write(FakeEngine.Frame(1, "more\n"));
    }

    [Fact]
    public void Run_Attached_KeepsStreamsApartAndPassesTheStatus()
    {
        using var engine = new FakeEngine(r => Answer(r, Say, exit: 42));
        using var cli = new CliHarness(engine);
        Assert.Equal(42, cli.Run("run", "--rm", "busybox", "sh", "-c", "x"));
        Assert.Equal("out\nmore\n", cli.Terminal.OutText);
        Assert.Equal("err\n", cli.Terminal.ErrorText);
        Assert.Equal(
            ["POST /containers/create", $"POST /containers/{Id}/attach", $"POST /containers/{Id}/wait", $"POST /containers/{Id}/start"], engine.Routes);
        Assert.EndsWith("condition=removed", engine.Requests.Single(r => r.Path.EndsWith("/wait", StringComparison.Ordinal)).Target);
    }

    [Fact]
    public void Run_WithInput_SendsItAndClosesOnlyThatDirection()
    {
        using var engine = new FakeEngine(r => Answer(r, stream =>
        {
            using var all = new MemoryStream();
            stream.CopyTo(all);
            stream.Write(FakeEngine.Frame(1, "read " + all.Length));
        }));
        using var cli = new CliHarness(engine);
        Assert.Equal(0, cli.RunWith(new FakeTerminal(new string('x', 100_000)), "run", "-i", "busybox", "cat"));
        Assert.Equal("read 100000", cli.Terminal.OutText);
    }

    [Fact]
    public void Run_Detached_PrintsTheIdAndDoesNothingElse()
    {
        using var engine = new FakeEngine(r => Answer(r, Say));
        using var cli = new CliHarness(engine);
        Assert.Equal(0, cli.Run("run", "-d", "busybox"));
        Assert.Equal(Id + "\n", cli.Terminal.OutText);
        Assert.Equal(["POST /containers/create", $"POST /containers/{Id}/start"], engine.Routes);
    }

    [Theory]
    [InlineData("exec: \\\"x\\\": executable file not found in $PATH", 127)]
    [InlineData("exec: \\\"/etc\\\": permission denied", 126)]
    [InlineData("port is already allocated", 125)]
    public void Run_StartFails_EndsWithDockersStatus(string message, int expected)
    {
        using var engine = new FakeEngine(r => r.Path.EndsWith("/start", StringComparison.Ordinal)
            ? new FakeReply(500, $"{{\"message\":\"{message}\"}}")
            : Answer(r, _ => { }));
        using var cli = new CliHarness(engine);
        Assert.Equal(expected, cli.Run("run", "busybox", "x"));
        Assert.StartsWith("docker: Error response from daemon: ", cli.Terminal.ErrorText);
        Assert.EndsWith("\n\nRun 'docker run --help' for more information\n", cli.Terminal.ErrorText);
    }

    [Fact]
    public void Run_ImageMissing_PullsAndTriesAgain()
    {
        int creates = 0;
        using var engine = new FakeEngine(r => r.Route switch
        {
            "POST /containers/create" when creates++ == 0 => new FakeReply(404, "{\"message\":\"No such image: busybox:latest\"}"),
            "POST /images/create" => new FakeReply(200, """
                {"status":"Pulling from library/busybox","id":"latest"}
                {"status":"Downloading","progressDetail":{"current":1,"total":2},"id":"abc"}
                {"status":"Pull complete","progressDetail":{},"id":"abc"}
                {"status":"Digest: sha256:1"}
                {"status":"Status: Downloaded newer image for busybox:latest"}
                """) { Chunked = true },
            _ => Answer(r, Say),
        });
        using var cli = new CliHarness(engine);
        Assert.Equal(0, cli.Run("run", "busybox"));
        Assert.Equal(
            "Unable to find image 'busybox:latest' locally\nlatest: Pulling from library/busybox\nabc: Pull complete\nDigest: sha256:1\nStatus: Downloaded newer image for busybox:latest\nerr\n",
            cli.Terminal.ErrorText);
        FakeRequest pull = engine.Requests.Single(r => r.Path == "/images/create");
        Assert.EndsWith("?fromImage=busybox&tag=latest", pull.Target);
        Assert.Equal("e30=", pull.Headers["X-Registry-Auth"]);
    }

    [Fact]
    public void Run_PullNever_DoesNotPull()
    {
        using var engine = new FakeEngine(r => new FakeReply(404, "{\"message\":\"No such image: busybox:latest\"}"));
        using var cli = new CliHarness(engine);
        Assert.Equal(125, cli.Run("run", "--pull", "never", "busybox"));
        Assert.DoesNotContain(engine.Requests, r => r.Path == "/images/create");
    }

    [Fact]
    public void Run_CidFile_IsWrittenAndNeverReplaced()
    {
        using var engine = new FakeEngine(r => Answer(r, Say));
        using var cli = new CliHarness(engine);
        string file = Path.Combine(cli.ConfigDirectory, "cid");
        Assert.Equal(0, cli.Run("run", "-d", "--cidfile", file, "busybox"));
        Assert.Equal(Id, File.ReadAllText(file));
        Assert.Equal(125, cli.Run("run", "-d", "--cidfile", file, "busybox"));
        Assert.Contains("container ID file found, make sure the other container isn't running or delete " + file, cli.Terminal.ErrorText);
    }

    [Fact]
    public void Run_ManyFlags_BecomeTheRequest()
    {
        using var engine = new FakeEngine(r => Answer(r, Say));
        using var cli = new CliHarness(engine);
        cli.Environment["FROM_CLIENT"] = "yes";
        string envFile = Path.Combine(cli.ConfigDirectory, "env");
        File.WriteAllText(envFile, "# note\nA=1\n\nFROM_CLIENT\nMISSING\n");
        cli.Run("run", "-d", "--name", "web", "-p", "127.0.0.1:8080:80", "-p", "9000-9001:90-91/udp", "--expose", "7000", "-v", "/a:/b:ro", "-v", "/anon", "--mount",
            "type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1770", "-e", "B=2", "-e", "FROM_CLIENT", "--env-file", envFile, "-m", "64m", "--cpus", "1.5", "--ulimit", "nofile=10:20",
            "--restart", "on-failure:3", "-l", "x=y", "-h", "host", "--add-host", "db=10.0.0.1", "--dns", "8.8.8.8", "--health-cmd", "true", "--health-interval", "5s", "--network",
            "name=net1,alias=a,ip=10.1.2.3", "--gpus", "all", "--device", "/dev/null:/dev/x:r", "--cap-add", "NET_ADMIN", "--log-opt", "max-size=1m", "--tmpfs", "/run:size=1k", "--sysctl",
            "net.core.somaxconn=1024", "--init", "--read-only", "--stop-timeout", "7", "--entrypoint", "/bin/sh", "--security-opt", "no-new-privileges", "busybox", "-c", "ls -l");
        FakeRequest create = engine.Requests.Single(r => r.Path == "/containers/create");
        Assert.EndsWith("?name=web", create.Target);
        using JsonDocument body = JsonDocument.Parse(create.Body);
        Golden.Match("create-request", JsonSerializer.Serialize(body, Indented) + "\n");
    }

    [Fact]
    public void Exec_RunsAttachedAndPassesTheStatus()
    {
        using var engine = new FakeEngine(r => r.Route switch
        {
            "POST /containers/c/exec" => new FakeReply(201, "{\"Id\":\"e1\"}"),
            "POST /exec/e1/start" => new FakeReply(101) { Hijack = Say },
            "GET /exec/e1/json" => new FakeReply(200, "{\"ID\":\"e1\",\"ExitCode\":7,\"Running\":false}"),
            _ => null,
        });
        using var cli = new CliHarness(engine);
        Assert.Equal(7, cli.Run("exec", "-e", "A=1", "-u", "me", "-w", "/tmp", "c", "ls", "-l"));
        Assert.Equal("out\nmore\n", cli.Terminal.OutText);
        Assert.Equal("err\n", cli.Terminal.ErrorText);
        Assert.Contains("\"Cmd\":[\"ls\",\"-l\"]", engine.Requests.Single(r => r.Path == "/containers/c/exec").Text);
    }

    [Fact]
    public void Attach_TtyAndDetachKeys_LeavesTheContainerRunning()
    {
        using var entered = new ManualResetEventSlim();
        using var engine = new FakeEngine(r => r.Route switch
        {
            "GET /containers/c/json" => new FakeReply(200, $"{{\"Id\":\"{Id}\",\"State\":{{\"Running\":true}},\"Config\":{{\"Tty\":true,\"OpenStdin\":true}}}}"),
            $"POST /containers/{Id}/wait" => new FakeReply(200, "{\"StatusCode\":0}"),
            $"POST /containers/{Id}/resize" => new FakeReply(200),
            $"POST /containers/{Id}/attach" => new FakeReply(101)
            {
                Hijack = stream =>
                {
                    byte[] got = new byte[2];
                    stream.ReadExactly(got);
                    entered.Set();
                    stream.Write(got);
                    stream.ReadByte();
                },
            },
            _ => null,
        });
        using var cli = new CliHarness(engine);
        Assert.Equal(1, cli.RunWith(new FakeTerminal("ab\u0010\u0011", isTerminal: true), "attach", "c"));
        Assert.True(entered.Wait(TimeSpan.FromSeconds(10)));
        Assert.Equal("read escape sequence\n", cli.Terminal.ErrorText);
    }

    [Fact]
    public void Logs_ComeApartIntoTheirStreams()
    {
        using var engine = new FakeEngine(r => r.Route switch
        {
            "GET /containers/c/json" => new FakeReply(200, "{\"Id\":\"c\",\"Config\":{\"Tty\":false}}"),
            "GET /containers/c/logs" => new FakeReply(200, Encoding.UTF8.GetString([.. FakeEngine.Frame(1, "a\n"), .. FakeEngine.Frame(2, "b\n")]), "application/vnd.docker.multiplexed-stream"),
            _ => null,
        });
        using var cli = new CliHarness(engine);
        Assert.Equal(0, cli.Run("logs", "--tail", "5", "c"));
        Assert.Equal(("a\n", "b\n"), (cli.Terminal.OutText, cli.Terminal.ErrorText));
        Assert.Contains("tail=5", engine.Requests[^1].Target);
    }

    [Fact]
    public void Remove_SeveralNames_TriesAllAndReportsAtTheEnd()
    {
        using var engine = new FakeEngine(r => r.Path.EndsWith("/b", StringComparison.Ordinal) ? new FakeReply(404, "{\"message\":\"No such container: b\"}") : new FakeReply(204));
        using var cli = new CliHarness(engine);
        Assert.Equal(1, cli.Run("rm", "-v", "a", "b", "c"));
        Assert.Equal("a\nc\n", cli.Terminal.OutText);
        Assert.Equal("Error response from daemon: No such container: b\n", cli.Terminal.ErrorText);
        Assert.All(engine.Requests.Where(r => r.Path != "/_ping"), r => Assert.EndsWith("?v=1", r.Target));
    }

    [Fact]
    public void Remove_ForcedOfWhatIsGone_IsToldAndNoFailure()
    {
        using var engine = new FakeEngine(r => r.Path.EndsWith("/b", StringComparison.Ordinal) ? new FakeReply(404, "{\"message\":\"No such container: b\"}") : new FakeReply(204));
        using var cli = new CliHarness(engine);
        Assert.Equal(0, cli.Run("rm", "-fv", "a", "b", "c"));
        Assert.Equal("a\nc\n", cli.Terminal.OutText);
        Assert.Equal("Error response from daemon: No such container: b\n", cli.Terminal.ErrorText);
        Assert.All(engine.Requests.Where(r => r.Path != "/_ping"), r => Assert.EndsWith("?v=1&force=1", r.Target));
    }

    [Fact]
    public void Prune_WithoutYes_DoesNothing()
    {
        using var engine = new FakeEngine(_ => new FakeReply(500));
        using var cli = new CliHarness(engine);
        Assert.Equal(0, cli.RunWith(new FakeTerminal("n\n"), "container", "prune"));
        Assert.Empty(cli.Terminal.ErrorText);
        Assert.Empty(engine.Requests);
    }
}
