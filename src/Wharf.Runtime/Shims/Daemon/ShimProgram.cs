using System.Collections;
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
    private static readonly string[] Inherited = MakeEnvironment();

    private readonly SafeFileHandle _program;
    private readonly SafeFileHandle _null;

    public ShimProgram(string path)
    {
        Errno found = FileCalls.Open(path, OpenFlags.ReadOnly, out SafeFileHandle file);
        if (found != Errno.None)
        {
            throw WharfException.Unavailable($"cannot read the shim program {path}: {found.Describe()}");
        }

        using (file)
        {
            FileCalls.MemoryFile("wharf-shim", sealable: true, out _program).ThrowIfError("memfd_create", "wharf-shim");
            int copied;
            do
            {
                FileCalls.SendFile(file, _program, int.MaxValue, out copied).ThrowIfError("sendfile", path);
            }
            while (copied > 0);
        }

        NameCalls.ChangeMode(_program, 0x140).ThrowIfError("fchmod", "wharf-shim in memory"); // 0500
        FileCalls.Seal(_program).ThrowIfError("F_ADD_SEALS", "wharf-shim in memory");
        FileCalls.Open("/dev/null", OpenFlags.ReadWrite, out _null).ThrowIfError("open", "/dev/null");
    }

    /// <summary>Starts a shim in an empty directory. It can be connected to at once: the socket listens before the program runs.</summary>
    /// <returns>Its pid; a child of ours.</returns>
    public int Start(string directory)
    {
        using ShimDirectory opened = ShimDirectory.TryOpen(directory) ?? throw WharfException.NotFound($"{directory}: no such directory");
        Errno errno = UnixSocketCalls.Listen(opened.SocketPath, SocketKind.Stream, nonBlocking: true, 128, out SafeFileHandle listener, 0b110_000_000);
        using (listener)
        {
            errno.ThrowIfError("listen", directory);
            string errorPath = $"{directory}/{ShimWire.ErrorLogName}";
            FileCalls.Open(errorPath, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, out SafeFileHandle errors, 0x180).ThrowIfError("open", errorPath);
            using (errors)
            {
                // By our own number, not as self: the child has closed what it was not given when it looks for the program.
                ProcessSpawner.Spawn($"/proc/{Environment.ProcessId}/fd/{_program.Number()}", ["wharf-shim"], Inherited,
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

    // Other OCI runtimes look for their helpers on the path; the collector's settings are for tests under stress. Nothing else of ours is a shim's business.
    private static string[] MakeEnvironment()
    {
        List<string> passed =
        [
            "PATH=" + (Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin"),
            $"{ShimWire.CgroupsVariable}={CgroupLayout.Lines}",
        ];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && name.StartsWith("DOTNET_GC", StringComparison.Ordinal))
            {
                passed.Add($"{name}={variable.Value}");
            }
        }

        return [.. passed];
    }
}
