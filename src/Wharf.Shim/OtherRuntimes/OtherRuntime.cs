using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Shims;
using Wharf.Runtime.Shims.Reading;
using Wharf.Shim.Loop;
using Wharf.Shim.Processes;

namespace Wharf.Shim.OtherRuntimes;

/// <summary>
/// Another OCI runtime's program (crun, runc) as the maker of processes: create, start, exec and delete by its command line, as every engine
/// does it. Its processes become our children, as orphans of a subreaper; signals, freezing and limits go to the process and its cgroup directly.
/// </summary>
internal sealed class OtherRuntime : IContainerBackend
{
    // crun before 1.9 refuses a bundle that says more than 1.0; newer members are read whatever the number says.
    private const string OldestVersion = "\"1.0.2\"";

    private readonly EventLoop _loop;
    private readonly RuntimeProgram _program;
    private readonly RunningContainer _container;
    private readonly string _id;
    private readonly string _bundle;
    private bool _created;
    private int _execs;

    public OtherRuntime(ShimTask task, RunningContainer container, EventLoop loop, ChildReaper reaper)
    {
        _loop = loop;
        _container = container;
        _id = task.ContainerId;
        _bundle = task.BundlePath ?? throw WharfException.Invalid("another runtime needs a directory for its bundle");
        if (task.Init)
        {
            throw WharfException.Invalid($"--init is not supported with the runtime {task.RuntimePath}");
        }

        _program = new RuntimeProgram(task.RuntimePath!, [.. task.RuntimeArguments], _bundle, reaper);
    }

    public bool StartsForeignProcesses => true;

    private string PidFile => Path.Combine(_bundle, "pid");

    public void Start(ShimTask task, ReadOnlyMemory<byte> json, StdioDescriptors stdio, Action<LaunchResult> done)
    {
        Directory.CreateDirectory(_bundle);
        Oci.Runtime.RuntimeSpec spec = task.Spec;
        string root = BundleRootfs.Mount(task, _bundle);
        byte[] config = ShimJsonReader.Extract(json, "spec", ("ociVersion", OldestVersion), ("root", root));
        File.WriteAllBytes(Path.Combine(_bundle, "config.json"), config);
        bool terminal = spec.Process?.Terminal == true;
        ConsoleSocket? console = terminal ? new ConsoleSocket(_loop) : null;
        string[] arguments = ["create", "--bundle", _bundle, "--pid-file", PidFile, .. console?.Arguments ?? [], _id];
        _program.Run(arguments, stdio, end =>
        {
            if (end.ExitCode != 0)
            {
                console?.Close();
                done(Failed("create", end));
                return;
            }

            _created = true;
            Created(spec, console, done);
        });
    }

    public void Exec(ShimExec exec, ReadOnlyMemory<byte> json, StdioDescriptors stdio, Action<LaunchResult> done)
    {
        string name = $"exec-{++_execs}";
        string processFile = Path.Combine(_bundle, name + ".json");
        string pidFile = Path.Combine(_bundle, name + ".pid");
        File.WriteAllBytes(processFile, ShimJsonReader.Extract(json, "process"));
        ConsoleSocket? console = exec.Process.Terminal ? new ConsoleSocket(_loop) : null;
        string[] arguments = ["exec", "--detach", "--pid-file", pidFile, "--process", processFile, .. console?.Arguments ?? [], _id];
        _program.Run(arguments, stdio, end =>
        {
            SafeFileHandle? master = console?.Take();
            console?.Close();
            LaunchResult result = end.ExitCode == 0 ? new LaunchResult { Pid = ReadPid(pidFile), Console = master } : Failed("exec", end);
            File.Delete(processFile);
            File.Delete(pidFile);
            done(result);
        });
    }

    public void CleanUp()
    {
        if (_created)
        {
            _created = false;
            _program.Run(["delete", "--force", _id], StdioDescriptors.None, _ => BundleRootfs.Remove(_bundle));
        }
        else
        {
            BundleRootfs.Remove(_bundle);
        }
    }

    // The process exists and waits: now its cgroup can be watched, before its program runs.
    private void Created(Oci.Runtime.RuntimeSpec spec, ConsoleSocket? console, Action<LaunchResult> done)
    {
        int pid = ReadPid(PidFile);
        _ = ProcessCalls.OpenPid(pid, out SafeFileHandle pidfd);
        var cgroup = ContainerCgroup.Open(spec.Linux?.CgroupsPath, _id);
        if (cgroup.Layout.Hierarchies.Any(h => Directory.Exists(h.MountPoint + cgroup.Path)))
        {
            _container.Cgroup = cgroup; // a runtime told not to use cgroups has made none
            _container.WatchMemory();
        }

        SafeFileHandle? master = console?.Take();
        console?.Close();
        _program.Run(["start", _id], StdioDescriptors.None, end =>
        {
            if (end.ExitCode == 0)
            {
                done(new LaunchResult { Pid = pid, PidFd = pidfd, Console = master });
                return;
            }

            pidfd.Dispose();
            master?.Dispose();
            done(Failed("start", end));
        });
    }

    private LaunchResult Failed(string verb, ProcessEnd end)
    {
        string message = _program.LastError() ?? $"{verb} ended with status {end.ExitCode.ToString(CultureInfo.InvariantCulture)}";
        int code = message.Contains("no such file or directory", StringComparison.OrdinalIgnoreCase) || message.Contains("not found", StringComparison.OrdinalIgnoreCase) ? 127
            : message.Contains("permission denied", StringComparison.OrdinalIgnoreCase) || message.Contains("is a directory", StringComparison.OrdinalIgnoreCase) ? 126
            : 128;
        return new LaunchResult { Failure = new LaunchFailure($"failed to {verb} task: OCI runtime {verb} failed: {message}", code) };
    }

    private static int ReadPid(string file) =>
        int.TryParse(SmallFile.Read(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0
            ? pid : throw WharfException.Internal($"the runtime left no pid in {file}");
}
