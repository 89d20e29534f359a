using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Tests.Launch;

public sealed class ExecTests : IDisposable
{
    private readonly TestBundle _bundle = new();

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public void Exec_InRunningContainer_SharesItsNamespacesAndCgroup()
    {
        string output = "";
        _bundle.Run(_bundle.Spec("sleep", "100"), null, container =>
        {
            output = Exec(container, "sh", "-c", "hostname; ps | grep -c 'sleep 100'; cat /proc/self/cgroup | grep -c ':/$'; grep CapEff /proc/self/status; pwd");
            ProcessCalls.SendSignal(container.PidFd!, Signal.Kill).ThrowIfError();
        });

        string[] lines = output.Split('\n');
        Assert.Equal("box", lines[0]);
        Assert.True(int.Parse(lines[1]) >= 1);
        Assert.Equal(CgroupLayout.Current.Hierarchies.Count, int.Parse(lines[2]));
        Assert.Equal("CapEff:\t00000000a80425fb", lines[3]);
        Assert.Equal("/", lines[4]);
    }

    [Fact]
    public void Exec_MissingProgram_SaysSoAndLeavesTheContainer()
    {
        LaunchResult? failed = null;
        (_, _, int code) = _bundle.Run(_bundle.Spec("sleep", "100"), null, container =>
        {
            failed = Start(container, StdioDescriptors.None, "nope");
            Assert.True(ProcessStat.TryRead(container.Pid, out _));
            ProcessCalls.SendSignal(container.PidFd!, Signal.Kill).ThrowIfError();
        });

        Assert.Equal("unable to start container process: exec: \"nope\": executable file not found in $PATH", failed?.Failure?.Message);
        Assert.Equal(137, code);
    }

    [Fact]
    public void Exec_Terminal_HasItsSizeAndEndsWithAnError()
    {
        _bundle.Run(_bundle.Spec("sleep", "100"), null, container =>
        {
            ProcessSpec process = Process("sh", "-c", "tty; stty size") with { Terminal = true, ConsoleSize = new ConsoleSize { Height = 30, Width = 90 } };
            using LaunchPlan plan = Compile(container, process, StdioDescriptors.None);
            LaunchResult result = Launcher.Launch(plan);
            Assert.Null(result.Failure);
            var text = new StringBuilder();
            byte[] buffer = new byte[4096];
            while (FileCalls.Read(result.Console!, buffer, out int count) == Errno.None && count > 0)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }

            ProcessCalls.Wait(result.PidFd!, block: true, out _).ThrowIfError();
            ProcessCalls.SendSignal(container.PidFd!, Signal.Kill).ThrowIfError();
            Assert.Equal("/dev/pts/0\r\n30 90\r\n", text.ToString());
        });
    }

    [Fact]
    public void Exec_TerminalWhileTheContainerEnds_SaysThatItEnded()
    {
        const int Tries = 60;
        int failures = 0;
        for (int i = 0; i < Tries; i++)
        {
            _bundle.Run(_bundle.Spec("sleep", "100"), null, container =>
            {
                using LaunchPlan plan = Compile(container, Process("true") with { Terminal = true }, StdioDescriptors.None);
                var killer = new Thread(() =>
                {
                    Thread.SpinWait(i * 2000);
                    ProcessCalls.SendSignal(container.PidFd!, Signal.Kill).ThrowIfError();
                });
                killer.Start();
                LaunchResult result = Launcher.Launch(plan);
                killer.Join();
                if (result.Failure is { } failure)
                {
                    failures++;
                    // the kernel makes no process in a pid namespace that ends, and kills the one it has made there
                    Assert.True(failure.Message.Contains("it ended before it could run the program (signal 9)", StringComparison.Ordinal)
                        || failure.Message.Contains("clone3: cannot allocate memory", StringComparison.Ordinal)
                        || failure.Message.Contains("setns", StringComparison.Ordinal), failure.Message);
                    return;
                }

                Assert.NotNull(result.Console);
                result.Console.Dispose();
                ProcessCalls.Wait(result.PidFd!, block: true, out _).ThrowIfError();
            });
        }

        Assert.InRange(failures, 1, Tries);
    }

    [Fact]
    public void Exec_WithAScore_LeavesOurOwn()
    {
        string before = SmallFile.Read("/proc/self/oom_score_adj");
        (_, string output, _) = _bundle.Run(WithScore(_bundle.Spec("cat", "/proc/self/oom_score_adj"), 321));
        Assert.Equal("321\n", output);
        Assert.Equal(before, SmallFile.Read("/proc/self/oom_score_adj"));

        (LaunchResult failed, _, _) = _bundle.Run(WithScore(_bundle.Spec("nope"), 321));
        Assert.NotNull(failed.Failure);
        Assert.Equal(before, SmallFile.Read("/proc/self/oom_score_adj"));
    }

    private static RuntimeSpec WithScore(RuntimeSpec spec, int score) => spec with { Process = spec.Process! with { OomScoreAdj = score } };

    private string Exec(LaunchResult container, params string[] args)
    {
        FileCalls.Pipe(out SafeFileHandle read, out SafeFileHandle write).ThrowIfError();
        LaunchResult result;
        using (write)
        {
            result = Start(container, new StdioDescriptors(-1, write.Number(), write.Number()), args);
        }

        Assert.Null(result.Failure);
        using var reader = new StreamReader(new FileStream(read, FileAccess.Read, 0));
        string output = reader.ReadToEnd();
        ProcessCalls.Wait(result.PidFd!, block: true, out _).ThrowIfError();
        return output;
    }

    private LaunchResult Start(LaunchResult container, StdioDescriptors stdio, params string[] args)
    {
        using LaunchPlan plan = Compile(container, Process(args), stdio);
        return Launcher.Launch(plan);
    }

    private LaunchPlan Compile(LaunchResult container, ProcessSpec process, StdioDescriptors stdio) => ExecCompiler.Compile(new ExecRequest
    {
        ContainerPid = container.Pid,
        ContainerPidFd = container.PidFd!,
        Process = process,
        Seccomp = _bundle.Spec("x").Linux!.Seccomp,
        Stdio = stdio,
        Cgroup = ContainerCgroup.Open("/wharf-tests/" + _bundle.Id, _bundle.Id),
        State = () => throw new InvalidOperationException("no agent is asked here"),
    });

    private ProcessSpec Process(params string[] args) => _bundle.Spec(args).Process!;
}
