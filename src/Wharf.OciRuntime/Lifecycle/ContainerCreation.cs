using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Hooks;
using Wharf.Runtime.Launch;

namespace Wharf.OciRuntime.Lifecycle;

/// <summary>Making a container: the common part of create and run. Whatever fails, nothing is left behind.</summary>
internal sealed class ContainerCreation(Session session, Arguments flags, string id)
{
    public static readonly Option[] Flags =
    [
        new("bundle", 'b'), new("config", 'f'), new("console-socket"), new("pidfd-socket"), new("pid-file"), new("no-pivot", TakesValue: false), new("no-new-keyring", TakesValue: false), new("preserve-fds"),
    ];

    /// <param name="waitsForStart">True for create: the process stops before execve until start. It also does where startContainer hooks come before.</param>
    /// <param name="useGivenTerminal">Called with the terminal's master where no console socket takes it.</param>
    public LaunchResult Create(bool waitsForStart, Action<SafeFileHandle>? useGivenTerminal = null)
    {
        string bundle = Bundle.DirectoryOf(flags.Text("bundle"));
        string path = Bundle.ConfigOf(bundle, flags.Text("config"));
        byte[] json = Bundle.Read(path);
        RuntimeSpec spec = Bundle.Parse(json, path);
        int sockets = ListenSockets.Count();
        spec = spec with { Process = ListenSockets.Announce(HomeVariable.Complete(spec, bundle), sockets) };
        bool terminal = spec.Process?.Terminal == true;
        string? consoleSocket = flags.Text("console-socket");
        if (terminal && consoleSocket is null && useGivenTerminal is null)
        {
            throw WharfException.Invalid("cannot allocate tty if the container will detach without setting console socket");
        }

        string directory = session.Store.Reserve(id);
        ContainerCgroup? cgroup = null;
        try
        {
            ContainerCgroup made = ContainerCgroup.Create(spec.Linux?.CgroupsPath, id);
            made.RefuseOthers();
            cgroup = made;
            var warnings = new List<string>();
            cgroup.Apply(spec.Linux?.Resources ?? new LinuxResources(), warnings);
            session.Warn(warnings);
            bool gated = waitsForStart || spec.Hooks?.StartContainer is { Count: > 0 };
            LaunchResult result = Launch(spec, json, bundle, cgroup, gated ? OpenGate(directory) : null, sockets);
            if (result.Console is { } master)
            {
                HandOver(master, consoleSocket, useGivenTerminal);
            }

            TellPidFd(flags.Text("pidfd-socket"), result.PidFd!);
            WritePidFile(flags.Text("pid-file"), result.Pid);
            return result;
        }
        catch
        {
            CleanUp(cgroup);
            throw;
        }
    }

    public static void WritePidFile(string? path, int pid)
    {
        if (path is not null)
        {
            AtomicFile.Write(path, System.Text.Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture)), (UnixFileMode)0b110_100_100, durable: false);
        }
    }

    /// <summary>Gives the terminal's master to whoever listens on the socket.</summary>
    public static void HandOver(SafeFileHandle master, string? consoleSocket, Action<SafeFileHandle>? useGivenTerminal)
    {
        if (consoleSocket is null)
        {
            useGivenTerminal?.Invoke(master);
            return;
        }

        using (master)
        {
            SendTo(consoleSocket, "/dev/ptmx"u8, master);
        }
    }

    /// <summary>Gives a descriptor of the process to whoever listens on the socket: a way to signal it that no reuse of its pid can mislead.</summary>
    public static void TellPidFd(string? socket, SafeFileHandle pidfd)
    {
        if (socket is not null)
        {
            SendTo(socket, "pidfd"u8, pidfd);
        }
    }

    private static void SendTo(string path, ReadOnlySpan<byte> name, SafeFileHandle descriptor)
    {
        UnixSocketCalls.Connect(path, SocketKind.Stream, nonBlocking: false, out SafeFileHandle socket).ThrowIfError("connect", path);
        using (socket)
        {
            UnixSocketCalls.Send(socket, name, [descriptor.Number()], out _).ThrowIfError("sendmsg", path);
        }
    }

    private LaunchResult Launch(RuntimeSpec spec, byte[] json, string bundle, ContainerCgroup cgroup, SafeFileHandle? gate, int sockets)
    {
        HooksSpec hooks = spec.Hooks ?? new HooksSpec();
        bool hasEarlyHooks = hooks.Prestart is { Count: > 0 } || hooks.CreateRuntime is { Count: > 0 };
        ContainerState Creating(int pid) => new() { Id = id, Status = "creating", Pid = pid, Bundle = bundle, Annotations = spec.Annotations };
        var request = new LaunchRequest
        {
            ContainerId = id,
            Spec = spec,
            Bundle = bundle,
            Cgroup = cgroup,
            PreservedDescriptors = sockets + (int)(flags.Number("preserve-fds") ?? 0),
            StartGate = gate,
            NoPivot = flags.IsSet("no-pivot"),
            NoNewKeyring = flags.IsSet("no-new-keyring"),
            NamespacesReady = !hasEarlyHooks ? null : pid =>
            {
                HookRunner.Run("prestart", hooks.Prestart, Creating(pid));
                HookRunner.Run("createRuntime", hooks.CreateRuntime, Creating(pid));
            },
            RootfsReady = hooks.CreateContainer is not { Count: > 0 } ? null : pid => HookRunner.RunInside("createContainer", hooks.CreateContainer, Creating(pid)),
        };
        LaunchPlan plan = SpecCompiler.Compile(request);
        session.Warn(plan.Warnings);
        session.Debug(plan.Describe);
        LaunchResult result = Launcher.Launch(plan);
        if (result.Failure is { } failure)
        {
            throw new LaunchException(failure);
        }

        session.Debug(() => $"container {id}: process {result.Pid} is there");
        // not disposed: a child at its gate still runs on it, and this process ends soon
        _ = ProcessStat.TryRead(result.Pid, out ProcessStat stat);
        session.Store.Save(new ContainerRecord
        {
            Id = id,
            Bundle = bundle,
            Rootfs = Path.GetFullPath(spec.Root?.Path ?? "rootfs", bundle),
            Pid = result.Pid,
            StartTime = stat.StartTime,
            CgroupPath = cgroup.Path,
            Created = DateTimeOffset.UtcNow,
        }, json);
        return result;
    }

    // Opened for both directions: the child waits for a byte, and must see no end of file while nobody has come to write one.
    private static SafeFileHandle OpenGate(string directory)
    {
        const uint Mode = 0b110_000_000;
        string path = Path.Combine(directory, "exec.fifo");
        NameCalls.MakeNode(FileCalls.CurrentDirectory, path, FileType.Fifo | Mode, 0).ThrowIfError("mkfifo", path);
        FileCalls.Open(path, OpenFlags.ReadWrite, out SafeFileHandle gate).ThrowIfError("open", path);
        return gate;
    }

    private void CleanUp(ContainerCgroup? cgroup)
    {
        try
        {
            cgroup?.SignalAll(Signal.Kill);
            cgroup?.Delete();
            session.Store.Remove(id);
        }
        catch (Exception e) when (e is WharfException or IOException)
        {
            // the first error is the one to report; this one is told beside it
            session.Warn([$"cleaning up after a failed start: {e.Message}"]);
        }
    }
}

/// <summary>A launch that failed, on its way to the command's end: its exit code is part of the answer.</summary>
internal sealed class LaunchException(LaunchFailure failure) : Exception(failure.Message)
{
    public LaunchFailure Failure => failure;
}
