using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>What a container is told and called, when it stops and what becomes of it.</summary>
public sealed class ConfigFlagTests(SharedEngine shared) : RunFlagTest(shared)
{
    [Theory, MemberData(nameof(Clients)), CoversFlags("env", "env-file")]
    public void Environment_FromFlagsFilesAndTheClient(Client client)
    {
        string file = TemporaryFile("# a comment\nFROM_FILE=one two\nFROM_CLIENT\nUNSET_HERE\n");
        var environment = Engine.ClientEnvironment();
        environment["FROM_CLIENT"] = "carried";
        var run = Command.Run(ClientPrograms.Of(client), ["run", "--rm", "--env-file", file, "-e", "FROM_FLAG=x=y", "-e", "FROM_CLIENT", "-e", "PATH=/bin", "busybox", "env"], environment: environment).Ok();
        Assert.Contains("FROM_FILE=one two\n", run.Out);
        Assert.Contains("FROM_CLIENT=carried\n", run.Out);
        Assert.Contains("FROM_FLAG=x=y\n", run.Out);
        Assert.Contains("PATH=/bin\n", run.Out);
        Assert.DoesNotContain("UNSET_HERE", run.Out);
        Run(client, "run", "--rm", "--env-file", "/no/such/file", "busybox", "true").Fails(125, "/no/such/file: no such file or directory");
        Run(client, "run", "--rm", "-e", "=x", "busybox", "true").Fails(125, "invalid environment variable: =x");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("label", "label-file", "annotation")]
    public void Labels_SelectTheContainer(Client client)
    {
        string mark = NewName();
        string file = TemporaryFile("# comment\nfrom.file=" + mark + "\n");
        string name = Sleeper(client, "-l", "from.flag=" + mark, "--label-file", file, "--annotation", "note=" + mark);
        string id = Inspect(name, "{{.Id}}");
        Assert.Equal(id[..12], Run(client, "ps", "-q", "--filter", "label=from.file=" + mark, "--filter", "label=from.flag=" + mark).Ok().Text);
        Assert.Equal(mark, Inspect(name, "{{index .HostConfig.Annotations \"note\"}}"));
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("entrypoint", "workdir")]
    public void EntrypointAndDirectory_AreUsed(Client client)
    {
        Assert.Equal("/var/quay x", Run(client, "run", "--rm", "--entrypoint", "/bin/sh", "-w", "/var/quay", "busybox", "-c", "echo $(pwd) x").Ok().Text);
        Run(client, "run", "--rm", "--entrypoint", "", "busybox", "echo", "plain").Ok();
        Run(client, "run", "--rm", "-w", "relative", "busybox", "true").Fails(125, "the working directory 'relative' is invalid, it needs to be an absolute path");
    }

    [Theory, MemberData(nameof(Clients))]
    public void WorkingDirectory_IsThereBeforeTheFirstStart(Client client)
    {
        string name = NewName(), file = Path.Combine(Engine.Root, name);
        File.WriteAllText(file, "early");
        Run(client, "create", "--name", name, "-w", "/quay/deep", "busybox", "cat", name).Ok();
        Run(client, "cp", file, name + ":/quay/deep/").Ok();
        Assert.Equal("early", Run(client, "start", "-a", name).Ok().Text);
        Run(client, "create", "-w", "/etc/passwd", "busybox").Fails(1, "Cannot mkdir: /etc/passwd is not a directory");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("stop-signal", "stop-timeout")]
    public void StopSignalAndTimeout_AreWhatStopUses(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--name", name, "--stop-signal", "USR1", "busybox", "sh", "-c", "trap 'exit 9' USR1; while :; do sleep 0.05; done").Ok();
        Engine.WaitForTrap(name, 10);
        Run(client, "stop", name).Ok();
        Assert.Equal("9", Inspect(name, "{{.State.ExitCode}}"));
        string stubborn = Sleeper(client, "--stop-timeout", "1");
        var watch = Stopwatch.StartNew();
        Run(client, "stop", stubborn).Ok();
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.9, 8);
        Assert.Equal("137", Inspect(stubborn, "{{.State.ExitCode}}"));
        Refused(client, "invalid signal: NOPE", "--stop-signal", "NOPE");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("restart", "rm", "name")]
    public void RestartRmAndName(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--restart", "on-failure:1", "--name", name, "busybox", "sh", "-c", "exit 1").Ok();
        Eventually(() => Inspect(name, "{{.RestartCount}} {{.State.Status}}") == "1 exited", "one restart");
        Run(client, "run", "--rm", "--restart", "always", "busybox", "true").Fails(125, "conflicting options: cannot specify both --restart and --rm");
        Run(client, "run", "--restart", "nonsense", "busybox", "true").Fails(125, "nonsense");
        string gone = NewName();
        Run(client, "run", "--rm", "--name", gone, "busybox", "true").Ok();
        Eventually(() => Run(Client.Docker, "inspect", gone).ExitCode != 0, "--rm removes");
        Run(client, "run", "--name", "bad name", "busybox", "true").Fails(125, "Invalid container name (bad name), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("cidfile")]
    public void Cidfile_HoldsTheId(Client client)
    {
        string name = NewName(), file = Path.Combine(Engine.Root, name + ".cid");
        Run(client, "run", "-d", "--cidfile", file, "--name", name, "busybox", "true").Ok();
        Assert.Equal(Inspect(name, "{{.Id}}"), File.ReadAllText(file));
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("health-cmd", "health-interval", "health-retries", "health-start-interval", "health-start-period", "health-timeout")]
    public void Health_FlagsShapeTheProbe(Client client)
    {
        string name = Sleeper(client, "--health-cmd", "echo probe >> /probes; test -e /ok", "--health-interval", "200ms", "--health-retries", "2", "--health-timeout", "5s");
        Eventually(() => Inspect(name, "{{.State.Health.Status}}") == "unhealthy", "unhealthy after two failures");
        Assert.True(Inspect(name, "{{.State.Health.FailingStreak}}") is var streak && int.Parse(streak) >= 2, streak);
        Assert.Contains("probe", Exec(name, "cat /probes; touch /ok"));
        Eventually(() => Inspect(name, "{{.State.Health.Status}}") == "healthy", "healthy again");
        Eventually(() => Inspect(name, "{{len .State.Health.Log}}") == "5", "five results are kept");
        string starting = Sleeper(client, "--health-cmd", "false", "--health-interval", "100ms", "--health-retries", "1", "--health-start-period", "60s", "--health-start-interval", "100ms");
        Thread.Sleep(1000);
        Assert.Equal("starting", Inspect(starting, "{{.State.Health.Status}}"));
        string slow = Sleeper(client, "--health-cmd", "sleep 60", "--health-interval", "100ms", "--health-retries", "1", "--health-timeout", "200ms");
        Eventually(() => Inspect(slow, "{{.State.Health.Status}}") == "unhealthy", "a probe that takes too long fails");
        Assert.Contains("Health check exceeded timeout (200ms)", Inspect(slow, "{{(index .State.Health.Log 0).Output}}"));
        Refused(client, "Interval in Healthcheck cannot be less than 1ms", "--health-cmd", "x", "--health-interval", "1us");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("no-healthcheck")]
    public void NoHealthcheck_TurnsTheImagesOff(Client client)
    {
        string image = "health" + NewName();
        string source = NewName();
        Run(Client.Docker, "create", "--name", source, "busybox").Ok();
        Run(Client.Docker, "commit", "-c", "HEALTHCHECK --interval=100ms CMD true", source, image).Ok();
        string checkedOne = NewName(), plain = NewName();
        Run(client, "run", "-d", "--name", checkedOne, image, "sleep", "600").Ok();
        Run(client, "run", "-d", "--name", plain, "--no-healthcheck", image, "sleep", "600").Ok();
        Eventually(() => Inspect(checkedOne, "{{.State.Health.Status}}") == "healthy", "the image's probe runs");
        Assert.Equal("<nil>", Inspect(plain, "{{.State.Health}}"));
        Run(client, "run", "--rm", "--no-healthcheck", "--health-cmd", "x", "busybox", "true").Fails(125, "--no-healthcheck conflicts with --health-* options");
        Run(Client.Docker, "rm", "-f", checkedOne, plain).Ok();
        Run(Client.Docker, "rmi", image).Ok();
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("platform", "pull", "quiet")]
    public void PlatformAndPull(Client client)
    {
        Sh(client, "true", "--platform", "linux/amd64");
        Run(client, "run", "--rm", "--pull", "never", "127.0.0.1:1/none", "true").Fails(125, "No such image: 127.0.0.1:1/none:latest");
        var always = Run(client, "run", "--rm", "--pull", "always", "127.0.0.1:1/none", "true").Fails(125);
        Assert.DoesNotContain("Unable to find image", always.Error);
        var quiet = Run(client, "run", "--rm", "-q", "127.0.0.1:1/none", "true").Fails(125);
        Assert.DoesNotContain("latest: Pulling from", quiet.Error);
        Run(client, "run", "--rm", "--pull", "nonsense", "busybox", "true").Fails(125, "nonsense");
        Assert.NotEqual(0, Run(client, "run", "--rm", "--pull", "never", "--platform", "linux/s390x", "busybox", "true").ExitCode);
    }

    [Fact, CoversFlags("use-api-socket")]
    public void UseApiSocket_IsRefusedByNameInOurs()
    {
        Run(Client.Wharf, "run", "--rm", "--use-api-socket", "busybox", "true").Fails(125, "--use-api-socket");
        Run(Client.Wharf, "create", "--use-api-socket", "busybox", "true").Fails(125, "--use-api-socket");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("detach")]
    public void Detach_PrintsTheIdAtOnce(Client client)
    {
        string name = NewName();
        string id = Run(client, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok().Text;
        Assert.Equal(Inspect(name, "{{.Id}}"), id);
        Run(client, "run", "-d", "-a", "stdout", "busybox", "true").Fails(1, "conflicting options: cannot specify both --attach and --detach");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("attach", "interactive")]
    public void Attach_OnlyTheStreamsAsked(Client client)
    {
        var run = Run(client, "run", "--rm", "-a", "stderr", "busybox", "sh", "-c", "echo out; echo err >&2").Ok();
        Assert.Equal("", run.Out.Contains("out\n", StringComparison.Ordinal) ? "stdout was attached" : "");
        Assert.Equal("err\n", run.Error);
        Assert.Equal("hello", Engine.RunWith(client, "hello", 60, "run", "--rm", "-i", "-a", "stdin", "-a", "stdout", "busybox", "cat").Ok().Text);
        Run(client, "run", "--rm", "-a", "nonsense", "busybox", "true").Fails(125, "valid streams are STDIN, STDOUT and STDERR");
    }
}
