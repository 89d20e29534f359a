using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

public sealed class RunTests(SharedEngine shared) : EngineTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void Run_PrintsOutputOfTheCommand(Client client) =>
        Assert.Equal("Hello World", Run(client, "run", "--rm", "busybox", "echo", "Hello World").Ok().Text);

    [Theory, MemberData(nameof(Clients))]
    public void Run_KeepsOutputAndErrorApart(Client client)
    {
        var result = Run(client, "run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2").Ok();
        Assert.Equal("out\n", result.Out);
        Assert.Equal("err\n", result.Error);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_ExitCodeOfTheProgram_IsThatOfTheClient(Client client) =>
        Run(client, "run", "--rm", "busybox", "sh", "-c", "exit 42").Fails(42);

    [Theory, MemberData(nameof(Clients))]
    public void Run_Killed_Is137(Client client) =>
        Run(client, "run", "--rm", "--init", "busybox", "sh", "-c", "kill -9 $$").Fails(137);

    [Theory, MemberData(nameof(Clients))]
    public void Run_MissingProgram_Is127AndLeavesNothingRunning(Client client)
    {
        string name = NewName();
        Run(client, "run", "--name", name, "busybox", "nosuchprogram").Fails(127, "executable file not found in $PATH");
        Assert.Equal("created 127", Inspect(name, "{{.State.Status}} {{.State.ExitCode}}"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_NotExecutable_Is126(Client client) =>
        Run(client, "run", "--rm", "busybox", "/etc/passwd").Fails(126, "permission denied");

    [Theory, MemberData(nameof(Clients))]
    public void Run_UnknownFlag_Is125(Client client) =>
        Run(client, "run", "--no-such-flag", "busybox").Fails(125, "unknown flag: --no-such-flag");

    [Theory, MemberData(nameof(Clients))]
    public void Run_UnknownUser_Fails(Client client) =>
        Run(client, "run", "--rm", "-u", "nobodyhere", "busybox", "true").Fails(125, "unable to find user nobodyhere: no matching entries in passwd file");

    [Theory, MemberData(nameof(Clients))]
    public void Run_StdinFromPipe_ReachesTheProgramWhole(Client client)
    {
        string input = string.Concat(Enumerable.Range(0, 20000).Select(i => $"line {i}\n"));
        Assert.Equal(input, Engine.RunWith(client, input, 60, "run", "--rm", "-i", "busybox", "cat").Ok().Out);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_FlagsAfterTheImage_BelongToTheCommand(Client client) =>
        Assert.Equal("--rm -i", Run(client, "run", "--rm", "busybox", "echo", "--rm", "-i").Ok().Text);

    [Theory, MemberData(nameof(Clients))]
    public void Run_BundledFlags_AreSplit(Client client)
    {
        string name = NewName();
        Run(client, "run", "-itd", "--name", name, "busybox").Ok();
        Assert.Equal("true true running", Inspect(name, "{{.Config.Tty}} {{.Config.OpenStdin}} {{.State.Status}}"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_HostnameIsTheShortId(Client client)
    {
        string name = NewName();
        string hostname = Run(client, "run", "--name", name, "busybox", "hostname").Ok().Text;
        Assert.Equal(Inspect(name, "{{.Id}}")[..12], hostname);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_Environment_IsMergedWithTheImages(Client client)
    {
        string text = Run(client, "run", "--rm", "-e", "A=1", "-e", "B=two words", "busybox", "env").Ok().Out;
        Assert.Contains("A=1\n", text);
        Assert.Contains("B=two words\n", text);
        Assert.Contains("PATH=/usr/local/sbin", text);
        Assert.Contains("HOME=/root\n", text);
        Assert.Contains("HOSTNAME=", text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_WorkingDirectory_IsMadeAndUsed(Client client) =>
        Assert.Equal("/some/deep/place", Run(client, "run", "--rm", "-w", "/some/deep/place", "busybox", "pwd").Ok().Text);

    [Theory, MemberData(nameof(Clients))]
    public void Run_UserAndGroup_AreNumericOrNamed(Client client)
    {
        Assert.Equal("uid=1 gid=1 groups=1", Run(client, "run", "--rm", "-u", "1:1", "busybox", "sh", "-c", "echo uid=$(id -u) gid=$(id -g) groups=$(id -G)").Ok().Text);
        Assert.Equal("33", Run(client, "run", "--rm", "-u", "www-data", "busybox", "id", "-u").Ok().Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_ContainerIdFile_HoldsTheId(Client client)
    {
        string name = NewName();
        string file = Path.Combine(Engine.Root, name + ".cid");
        Run(client, "run", "--cidfile", file, "--name", name, "busybox", "true").Ok();
        Assert.Equal(Inspect(name, "{{.Id}}"), File.ReadAllText(file));
        Run(client, "run", "--cidfile", file, "busybox", "true").Fails(125, "ID file found");
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_WithRm_LeavesNothing(Client client)
    {
        string name = NewName();
        Run(client, "run", "--rm", "--name", name, "-v", "/data", "busybox", "touch", "/data/x").Ok();
        Eventually(() => Run(client, "inspect", name).ExitCode != 0, "the container is removed");
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_MissingImage_SaysSo(Client client) =>
        Run(client, "run", "--rm", "127.0.0.1:1/none/here", "true").Fails(125, "Unable to find image '127.0.0.1:1/none/here:latest' locally");

    [Theory, MemberData(nameof(Clients))]
    public void Run_InvalidReference_SaysSo(Client client) =>
        Run(client, "run", "--rm", "Not/Valid", "true").Fails(125, "invalid reference format");
}
