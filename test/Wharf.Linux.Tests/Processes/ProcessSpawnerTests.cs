using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux.Tests.Processes;

public sealed class ProcessSpawnerTests
{
    [Fact]
    public void Spawn_Shell_SeesItsDescriptorsAndNoOthers()
    {
        FileCalls.Pipe(out SafeFileHandle read, out SafeFileHandle write).ThrowIfError("pipe2");
        FileCalls.Open("/dev/null", OpenFlags.ReadOnly, out SafeFileHandle nothing).ThrowIfError("open");
        ProcessSpawner.Spawn("/bin/sh", ["sh", "-c", "echo $A; ls /proc/self/fd | wc -l; exit 5"], ["A=b"],
            [nothing.Number(), write.Number(), write.Number()], "/", newSession: true, out int pid).ThrowIfError("posix_spawn");
        write.Dispose();
        nothing.Dispose();
        using var reader = new StreamReader(new FileStream(read, FileAccess.Read));
        string output = reader.ReadToEnd();
        ProcessCalls.WaitPid(pid, block: true, out ProcessEnd end).ThrowIfError("waitid");

        // 0, 1, 2 and the directory that ls itself opens
        Assert.Equal("b\n4\n", output);
        Assert.Equal(5, end.ExitCode);
    }

    [Fact]
    public void Wait_KilledChild_TellsTheSignal()
    {
        ProcessSpawner.Spawn("/bin/sleep", ["sleep", "100"], [], [0, 1, 2], null, newSession: false, out int pid).ThrowIfError("posix_spawn");
        ProcessCalls.OpenPid(pid, out SafeFileHandle pidfd).ThrowIfError("pidfd_open");
        using (pidfd)
        {
            Assert.Equal(Errno.EAGAIN, ProcessCalls.Wait(pidfd, block: false, out _));
            ProcessCalls.SendSignal(pidfd, Signal.Kill).ThrowIfError("pidfd_send_signal");
            ProcessCalls.Wait(pidfd, block: true, out ProcessEnd end).ThrowIfError("waitid");

            Assert.True(end.Signalled);
            Assert.Equal(137, end.ExitCode);
        }
    }

    [Fact]
    public void Spawn_MissingProgram_IsAnAnswer() =>
        Assert.Equal(Errno.ENOENT, ProcessSpawner.Spawn("/no/such", ["x"], [], [0, 1, 2], null, newSession: false, out _));
}
