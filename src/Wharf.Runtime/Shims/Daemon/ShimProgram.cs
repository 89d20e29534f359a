using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Shims.Protocol;

namespace Wharf.Runtime.Shims.Daemon;

/// <summary>
/// The shim's program in a sealed memory file: nothing that runs in a container can change what the next shim is (CVE-2019-5736), and all
/// shims of this daemon share its pages.
/// </summary>
internal sealed class ShimProgram : IDisposable
{
    private readonly SafeFileHandle _program;
    private readonly SafeFileHandle _null;

    public ShimProgram(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (IOException trouble)
        {
            throw WharfException.Unavailable($"cannot read the shim program {path}: {trouble.Message}", trouble);
        }

        FileCalls.MemoryFile("wharf-shim", sealable: true, out _program).ThrowIfError("memfd_create", "wharf-shim");
        FileCalls.WriteAll(_program, content).ThrowIfError("write", "wharf-shim in memory");
        NameCalls.ChangeMode(_program, 0x140).ThrowIfError("fchmod", "wharf-shim in memory"); // 0500
        FileCalls.Seal(_program).ThrowIfError("F_ADD_SEALS", "wharf-shim in memory");
        FileCalls.Open("/dev/null", OpenFlags.ReadWrite, out _null).ThrowIfError("open", "/dev/null");
    }

    /// <summary>Starts a shim in an empty directory. It can be connected to at once: the socket listens before the program runs.</summary>
    /// <returns>Its pid; a child of ours.</returns>
    public int Start(string directory)
    {
        using ShimDirectory opened = ShimDirectory.TryOpen(directory) ?? throw WharfException.NotFound($"{directory}: no such directory");
        Errno errno = UnixSocketCalls.Listen(opened.SocketPath, SocketKind.Stream, nonBlocking: true, 128, out SafeFileHandle listener);
        using (listener)
        {
            errno.ThrowIfError("listen", directory);
            string errorPath = $"{directory}/{ShimWire.ErrorLogName}";
            FileCalls.Open(errorPath, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, out SafeFileHandle errors, 0x180).ThrowIfError("open", errorPath);
            using (errors)
            {
                // By our own number, not as self: the child has closed what it was not given when it looks for the program.
                ProcessSpawner.Spawn($"/proc/{System.Environment.ProcessId}/fd/{_program.Number()}", ["wharf-shim"], Environment(),
                    [_null.Number(), _null.Number(), errors.Number(), listener.Number()], directory, newSession: true, out int pid, Blocked)
                    .ThrowIfError("posix_spawn", "wharf-shim");
                // Without the right to it (CAP_SYS_RESOURCE) the shim is as likely a victim as others; its container's end is noticed all the same.
                _ = SmallFile.TryWrite($"/proc/{pid}/oom_score_adj", "-999");
                return pid;
            }
        }
    }

    public void Dispose()
    {
        _program.Dispose();
        _null.Dispose();
    }

    // SIGCHLD is read from a signalfd, which works only while no thread has it unblocked; the others are what terminals and service managers send
    // to a whole group: a shim ends when its container has.
    private static SignalSet Blocked => SignalSet.Of(Signal.Child, Signal.Hangup, Signal.Interrupt, Signal.Quit, Signal.Terminate, Signal.Pipe,
        Signal.TerminalStop, Signal.WindowChange);

    // Other OCI runtimes look for their helpers on the path; nothing else of ours is a shim's business.
    private static string[] Environment() => ["PATH=" + (System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin")];
}
