using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Tests.Launch;

/// <summary>The init of --init, as the kernel runs it.</summary>
public sealed class InitTests : IDisposable
{
    private readonly TestBundle _bundle = new();

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public void Init_Program_HasAnotherPidAndItsStatusComesBack()
    {
        (LaunchResult result, string output, int code) = _bundle.Run(_bundle.Spec("sh", "-c", "echo $$; cat /proc/1/cmdline | head -c 18; exit 9"), r => r with { Init = true });

        Assert.Null(result.Failure);
        Assert.Equal("2\n/sbin/docker-init\0", output);
        Assert.Equal(9, code);
    }

    [Fact]
    public void Init_KilledProgram_Ends128PlusSignal()
    {
        (_, _, int code) = _bundle.Run(_bundle.Spec("sh", "-c", "kill -9 $$"), r => r with { Init = true });

        Assert.Equal(137, code);
    }

    [Fact]
    public void Init_Signal_ReachesTheProgram()
    {
        (_, string output, int code) = _bundle.Run(_bundle.Spec("sh", "-c", "trap 'echo got it; exit 4' TERM; echo ready > /ready; while true; do sleep 0.05; done"), r => r with { Init = true },
            result =>
            {
                SpinWait.SpinUntil(() => File.Exists(_bundle.Rootfs + "/ready"), TimeSpan.FromSeconds(20));
                ProcessCalls.SendSignal(result.PidFd!, Signal.Terminate).ThrowIfError("kill");
            });

        Assert.Equal("got it\n", output);
        Assert.Equal(4, code);
    }

    [Fact]
    public void Init_Orphans_AreReaped()
    {
        (_, string output, _) = _bundle.Run(_bundle.Spec("sh", "-c", "for i in 1 2 3; do (sleep 0.1 &) ; done; sleep 0.6; cat /proc/[0-9]*/stat | grep -c ' Z '"), r => r with { Init = true });

        Assert.Equal("0\n", output);
    }

    [Theory]
    [InlineData("nope", 127, "exec nope: no such file or directory\n")]
    [InlineData("/etc", 126, "exec /etc: permission denied\n")]
    public void Init_ProgramThatCannotRun_EndsAsAShellWould(string program, int expected, string message)
    {
        (LaunchResult result, string output, int code) = _bundle.Run(_bundle.Spec(program), r => r with { Init = true });

        Assert.Null(result.Failure);
        Assert.Equal(message, output);
        Assert.Equal(expected, code);
    }
}
