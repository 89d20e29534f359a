using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Seccomp;

namespace Wharf.Runtime.Tests.Launch;

/// <summary>A throwaway root with busybox and its links, and a specification like the one Docker writes.</summary>
internal sealed class TestBundle : IDisposable
{
    public const string Busybox = "/bin/busybox";

    private static readonly string[] DockerCapabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
        "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    public TestBundle()
    {
        Path = Directory.CreateTempSubdirectory("wharf-bundle-").FullName;
        Id = "t" + Guid.NewGuid().ToString("n")[..12];
        Directory.CreateDirectory(Rootfs + "/bin");
        Directory.CreateDirectory(Rootfs + "/etc");
        File.Copy(Busybox, Rootfs + "/bin/busybox");
        File.SetUnixFileMode(Rootfs + "/bin/busybox", (UnixFileMode)0b111_101_101);
        foreach (string applet in "sh cat echo id hostname ls mount true false sleep test grep stat env pwd readlink touch mkdir ln kill ps dd rm head mknod stty tty umask unshare wc chmod chroot printenv".Split(' '))
        {
            File.CreateSymbolicLink($"{Rootfs}/bin/{applet}", "busybox");
        }
    }

    public string Path { get; }

    public string Id { get; }

    public string Rootfs => Path + "/rootfs";

    public RuntimeSpec Spec(params string[] args) => new()
    {
        Hostname = "box",
        Root = new RootSpec { Path = "rootfs" },
        Process = new ProcessSpec
        {
            Args = args,
            Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"],
            Cwd = "/",
            User = new UserSpec(),
            Capabilities = new CapabilitySets { Bounding = DockerCapabilities, Permitted = DockerCapabilities, Effective = DockerCapabilities },
        },
        Mounts =
        [
            new() { Destination = "/proc", Type = "proc", Source = "proc", Options = ["nosuid", "noexec", "nodev"] },
            new() { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "strictatime", "mode=755", "size=65536k"] },
            new() { Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
            new() { Destination = "/sys", Type = "sysfs", Source = "sysfs", Options = ["nosuid", "noexec", "nodev", "ro"] },
            new() { Destination = "/sys/fs/cgroup", Type = "cgroup", Source = "cgroup", Options = ["ro", "nosuid", "noexec", "nodev"] },
            new() { Destination = "/dev/mqueue", Type = "mqueue", Source = "mqueue", Options = ["nosuid", "noexec", "nodev"] },
            new() { Destination = "/dev/shm", Type = "tmpfs", Source = "shm", Options = ["nosuid", "noexec", "nodev", "mode=1777", "size=67108864"] },
        ],
        Linux = new LinuxSpec
        {
            CgroupsPath = "/wharf-tests/" + Id,
            Namespaces = [.. new[] { "mount", "pid", "network", "uts", "ipc", "cgroup" }.Select(type => new LinuxNamespace { Type = type })],
            MaskedPaths = ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware", "/proc/no-such-file"],
            ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
            Seccomp = SeccompProfile.Default.Resolve(DockerCapabilities),
        },
    };

    /// <summary>Starts, collects stdout and stderr together, reaps.</summary>
    public (LaunchResult Result, string Output, int ExitCode) Run(RuntimeSpec spec, Func<LaunchRequest, LaunchRequest>? change = null, Action<LaunchResult>? whileRunning = null)
    {
        ContainerCgroup cgroup = ContainerCgroup.Create(spec.Linux?.CgroupsPath, Id);
        try
        {
            FileCalls.Pipe(out SafeFileHandle read, out SafeFileHandle write).ThrowIfError("pipe2");
            LaunchResult result;
            using (write)
            {
                var request = new LaunchRequest
                {
                    ContainerId = Id,
                    Spec = spec,
                    Bundle = Path,
                    Cgroup = cgroup,
                    Stdio = new StdioDescriptors(-1, write.Number(), write.Number()),
                };
                using LaunchPlan plan = SpecCompiler.Compile(change is null ? request : change(request));
                result = Launcher.Launch(plan);
            }

            if (result.Failure is not null)
            {
                read.Dispose();
                return (result, "", -1);
            }

            whileRunning?.Invoke(result);
            using var stream = new FileStream(read, FileAccess.Read, 0);
            string output = new StreamReader(stream, Encoding.UTF8).ReadToEnd();
            ProcessCalls.Wait(result.PidFd!, block: true, out ProcessEnd end).ThrowIfError("waitid");
            return (result, output, end.ExitCode);
        }
        finally
        {
            cgroup.SignalAll(Signal.Kill);
            cgroup.Delete();
        }
    }

    /// <summary>Makes everything belong to another user, as an engine does for a container with a user namespace.</summary>
    public void GiveTo(uint id)
    {
        File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
        foreach (string entry in Directory.GetFileSystemEntries(Rootfs, "*", SearchOption.AllDirectories).Prepend(Rootfs))
        {
            NameCalls.ChangeOwner(FileCalls.CurrentDirectory, entry, id, id, AtFlags.SymlinkNoFollow).ThrowIfError();
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
