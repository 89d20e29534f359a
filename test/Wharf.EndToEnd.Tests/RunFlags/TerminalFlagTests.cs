using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>The flags that concern a person at a terminal, with a terminal.</summary>
public sealed class TerminalFlagTests(SharedEngine shared) : RunFlagTest(shared)
{
    private PseudoTerminal Terminal(Client client, params string[] arguments) => new(ClientPrograms.Of(client), arguments, Engine.ClientEnvironment());

    [Theory, MemberData(nameof(Clients)), CoversFlags("tty")]
    public void Tty_IsATerminalOfTheWindowsSize(Client client)
    {
        using var terminal = Terminal(client, "run", "--rm", "-it", "busybox", "sh");
        terminal.Type("tty; stty size\n");
        terminal.Expect("/dev/pts/0");
        terminal.Expect("24 80");
        terminal.Resize(40, 120);
        terminal.Type("until [ \"$(stty size)\" = '40 120' ]; do sleep 0.1; done; echo re$((1+1))sized\n");
        terminal.Expect("re2sized");
        terminal.Type("exit 42\n");
        Assert.Equal(42, terminal.End());
        Assert.Equal("yes", Run(client, "run", "--rm", "-t", "busybox", "sh", "-c", "[ -t 1 ] && echo yes").Ok().Text.TrimEnd('\r'));
        Assert.Equal("not a tty", Run(client, "run", "--rm", "busybox", "tty").Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Detach_LeavesItRunningAndAttachReturns(Client client)
    {
        string name = NewName();
        using (var first = Terminal(client, "run", "-it", "--name", name, "busybox", "sh"))
        {
            first.Type("echo a$((1+1))b\n");
            first.Expect("a2b");
            first.Type("\u0010\u0011");
            Assert.Equal(0, first.End());
        }

        Assert.Equal("running", Inspect(name, "{{.State.Status}}"));
        using var second = Terminal(client, "attach", name);
        second.Type("echo c$((1+2))d\n");
        second.Expect("c3d");
        second.Type("exit 7\n");
        Assert.Equal(7, second.End());
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("detach-keys")]
    public void DetachKeys_AreTheOnesGiven(Client client)
    {
        string name = NewName();
        using (var first = Terminal(client, "run", "-it", "--detach-keys", "ctrl-x,y", "--name", name, "busybox", "sh"))
        {
            first.Type("echo a$((1+1))b\n");
            first.Expect("a2b");
            first.Type("\u0010\u0011");
            Thread.Sleep(300);
            first.Type("\u0018y");
            Assert.Equal(0, first.End());
        }

        Assert.Equal("running", Inspect(name, "{{.State.Status}}"));
        using (var attached = Terminal(client, "attach", "--detach-keys", "q", name))
        {
            Thread.Sleep(500);
            attached.Type("q");
            Assert.Equal(1, attached.End());
            attached.Expect("read escape sequence");
        }

        using (var exec = Terminal(client, "exec", "-it", "--detach-keys", "ctrl-e", name, "sh"))
        {
            exec.Type("echo e$((2+3))f\n");
            exec.Expect("e5f");
            exec.Type("\u0005");
            exec.End();
        }

        Assert.Equal("running", Inspect(name, "{{.State.Status}}"));
        var refused = Run(client, "run", "--rm", "--detach-keys", "nonsense", "busybox", "true");
        Assert.True(client == Client.Docker ? refused.Error.Contains("received 400", StringComparison.Ordinal) : refused.Error.Contains("nonsense", StringComparison.Ordinal), refused.ToString());
        Assert.NotEqual(0, refused.ExitCode);
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("sig-proxy")]
    public void SigProxy_DecidesWhetherSignalsPass(Client client)
    {
        const string script = "trap 'echo got; exit 5' USR1; echo ready; while :; do sleep 0.05; done";
        string passed = NewName(), kept = NewName();
        using (var proxied = Engine.StartClient(client, "run", "--name", passed, "busybox", "sh", "-c", script))
        {
            Assert.Equal("ready", proxied.StandardOutput.ReadLine());
            Command.Run("kill", ["-USR1", proxied.Id.ToString()]).Ok();
            Assert.True(proxied.WaitForExit(TimeSpan.FromSeconds(15)));
            Assert.Equal(5, proxied.ExitCode);
        }

        using var unproxied = Engine.StartClient(client, "run", "--sig-proxy=false", "--name", kept, "busybox", "sh", "-c", script);
        Assert.Equal("ready", unproxied.StandardOutput.ReadLine());
        Command.Run("kill", ["-USR1", unproxied.Id.ToString()]).Ok();
        Thread.Sleep(500);
        unproxied.Kill();
        Assert.Equal("running", Inspect(kept, "{{.State.Status}}"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void InteractiveWithTty_ButNoTerminal_IsRefused(Client client) =>
        Assert.Contains("the input device is not a TTY", Run(client, "run", "--rm", "-it", "busybox", "true").Fails(1).Error);

    [Fact]
    public void CtrlC_OnATerminal_EndsTheProgram()
    {
        foreach (var client in Enum.GetValues<Client>())
        {
            using var terminal = Terminal(client, "run", "--rm", "-it", "busybox", "sh", "-c", "trap 'exit 9' INT; echo ready; while :; do sleep 0.05; done");
            terminal.Expect("ready");
            terminal.Type("\u0003");
            Assert.Equal(9, terminal.End());
        }
    }
}
