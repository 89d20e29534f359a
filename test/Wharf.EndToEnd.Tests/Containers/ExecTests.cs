using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

public sealed class ExecTests(SharedEngine shared) : EngineTest(shared)
{
    private string Sleeper()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        return name;
    }

    [Theory, MemberData(nameof(Clients))]
    public void Exec_OutputExitCodeUserEnvironmentDirectory(Client client)
    {
        string name = Sleeper();
        var result = Run(client, "exec", "-u", "1", "-e", "X=y", "-w", "/tmp", name, "sh", "-c", "echo $(id -u) $X $(pwd); echo bad >&2; exit 5").Fails(5);
        Assert.Equal("1 y /tmp\n", result.Out);
        Assert.Equal("bad\n", result.Error);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Exec_Stdin_IsPassedWhole(Client client)
    {
        string name = Sleeper();
        string input = string.Concat(Enumerable.Range(0, 20000).Select(i => $"{i}\n"));
        Assert.Equal(input, Engine.RunWith(client, input, 60, "exec", "-i", name, "cat").Ok().Out);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Exec_MissingProgram_Is127(Client client) =>
        Run(client, "exec", Sleeper(), "nosuchprogram").Fails(127, "executable file not found in $PATH");

    [Theory, MemberData(nameof(Clients))]
    public void Exec_Detached_Runs(Client client)
    {
        string name = Sleeper();
        Run(client, "exec", "-d", name, "touch", "/done").Ok();
        Eventually(() => Run(client, "exec", name, "test", "-e", "/done").ExitCode == 0, "the detached exec made its file");
    }

    [Theory, MemberData(nameof(Clients))]
    public void Exec_Privileged_HasMoreCapabilities(Client client)
    {
        string name = Sleeper();
        string plain = Run(client, "exec", name, "grep", "CapEff", "/proc/self/status").Ok().Text;
        string privileged = Run(client, "exec", "--privileged", name, "grep", "CapEff", "/proc/self/status").Ok().Text;
        Assert.EndsWith("a80425fb", plain);
        Assert.NotEqual(plain, privileged);
    }

    [Fact]
    public void Exec_AfterItsEnd_LeavesNoProcess()
    {
        string name = Sleeper();
        for (int i = 0; i < 20; i++)
        {
            Run(Client.Docker, "exec", name, "true").Ok();
        }

        Assert.Equal(1, Run(Client.Docker, "top", name, "-o", "pid").Ok().Out.Count(c => c == '\n') - 1);
    }
}
