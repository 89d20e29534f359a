using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.OciRuntime.Terminals;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.OciRuntime.Lifecycle;

/// <summary>Starts one more process in a container, described by a file or by flags over the container's own process.</summary>
internal static class ExecCommand
{
    private static readonly Option[] Flags =
    [
        new("process", 'p'), new("detach", 'd', TakesValue: false), new("tty", 't', TakesValue: false), new("console-socket"), new("pidfd-socket"), new("pid-file"), new("cwd"),
        new("env", 'e'), new("user", 'u'), new("additional-gids", 'g'), new("cap", 'c'), new("no-new-privs", TakesValue: false), new("apparmor"), new("process-label"), new("preserve-fds"),
        new("ignore-paused", TakesValue: false), new("cgroup"),
    ];

    // 255, so that a failure of ours is not taken for the process's own status
    public static readonly Command Command = new("exec", "execute new process inside the container", Flags, Run) { FailureCode = 255, PassesOn = true };

    private static int Run(Arguments arguments, Session session)
    {
        string id = arguments.Operand(1, int.MaxValue, "exec")[0];
        Container container = session.Store.Load(id);
        string status = container.Status;
        if (status == "stopped")
        {
            throw WharfException.Conflict("cannot exec in a stopped container");
        }

        if (status == "paused" && !arguments.IsSet("ignore-paused"))
        {
            throw WharfException.Conflict("cannot exec in a paused container (use --ignore-paused to override)");
        }

        ProcessSpec process = HomeVariable.Complete(Process(arguments, container), container.Record.Pid);
        bool detach = arguments.IsSet("detach");
        string? consoleSocket = arguments.Text("console-socket");
        if (process.Terminal && consoleSocket is null && detach)
        {
            throw WharfException.Invalid("cannot allocate tty if the process will detach without setting console socket");
        }

        using SafeFileHandle init = container.OpenProcess();
        using LaunchPlan plan = ExecCompiler.Compile(container.Exec(init, process) with
        {
            PreservedDescriptors = (int)(arguments.Number("preserve-fds") ?? 0),
            Cgroup = container.Cgroup.Below(CgroupPaths(arguments.All("cgroup"))),
        });
        session.Warn(plan.Warnings);
        session.Debug(plan.Describe);
        using var relay = new TerminalRelay();
        LaunchResult result = Launcher.Launch(plan);
        if (result.Failure is { } failure)
        {
            throw new LaunchException(failure);
        }

        if (result.Console is { } master)
        {
            ContainerCreation.HandOver(master, consoleSocket, relay.Use);
        }

        ContainerCreation.TellPidFd(arguments.Text("pidfd-socket"), result.PidFd!);
        ContainerCreation.WritePidFile(arguments.Text("pid-file"), result.Pid);
        return detach ? 0 : Foreground.Wait(result.PidFd!, relay);
    }

    /// <summary><c>[CONTROLLER[,CONTROLLER...]:]PATH</c>, as runc reads it.</summary>
    internal static Dictionary<string, string> CgroupPaths(IReadOnlyList<string> given)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in given)
        {
            string[] parts = text.Split(':');
            if (parts.Length > 2)
            {
                throw WharfException.Invalid($"invalid --cgroup argument: {text}");
            }

            if (parts.Length == 1 && given.Count > 1)
            {
                throw WharfException.Invalid($"invalid --cgroup argument: {text} (missing <controller>: prefix)");
            }

            foreach (string controller in parts.Length == 1 ? [""] : parts[0].Split(','))
            {
                if (!paths.TryAdd(controller, parts[^1]))
                {
                    throw WharfException.Invalid($"invalid --cgroup argument(s): controller {controller} specified multiple times");
                }
            }
        }

        return paths;
    }

    private static ProcessSpec Process(Arguments arguments, Container container)
    {
        if (arguments.Text("process") is { } path)
        {
            return RuntimeSpecReader.ReadProcess(File.ReadAllBytes(path));
        }

        string[] operands = [.. arguments.Operands];
        string[] command = operands[1..];
        if (command.Length == 0)
        {
            throw WharfException.Invalid("process args cannot be empty");
        }

        ProcessSpec own = container.Spec.Process!;
        UserSpec user = UserFlag.Parse(arguments.Text("user"), own.User ?? new UserSpec());
        uint[] groups = Array.ConvertAll([.. arguments.All("additional-gids")], UserFlag.Number);
        return own with
        {
            Args = command,
            Terminal = arguments.IsSet("tty"),
            ConsoleSize = null,
            Cwd = arguments.Text("cwd") ?? own.Cwd,
            Env = WithVariables(own.Env ?? [], arguments.All("env")),
            User = user with { AdditionalGids = groups.Length > 0 ? groups : user.AdditionalGids },
            NoNewPrivileges = arguments.Has("no-new-privs") ? arguments.IsSet("no-new-privs") : own.NoNewPrivileges,
            ApparmorProfile = arguments.Text("apparmor") ?? own.ApparmorProfile,
            SelinuxLabel = arguments.Text("process-label") ?? own.SelinuxLabel,
            Capabilities = WithCapabilities(own.Capabilities, arguments.All("cap")),
        };
    }

    // in place of the container's own: of two lines with one name most programs see the first
    private static List<string> WithVariables(IReadOnlyList<string> own, IReadOnlyList<string> added)
    {
        var lines = new List<string>(own);
        foreach (string line in added)
        {
            string name = line[..(line.IndexOf('=') + 1)];
            int index = name.Length == 0 ? -1 : lines.FindIndex(other => other.StartsWith(name, StringComparison.Ordinal));
            if (index >= 0)
            {
                lines[index] = line;
            }
            else
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    private static CapabilitySets? WithCapabilities(CapabilitySets? own, IReadOnlyList<string> added)
    {
        if (added.Count == 0)
        {
            return own;
        }

        IReadOnlyList<string> More(IReadOnlyList<string>? set) => [.. set ?? [], .. added];
        return new CapabilitySets
        {
            Bounding = More(own?.Bounding),
            Effective = More(own?.Effective),
            Permitted = More(own?.Permitted),
            Inheritable = own?.Inheritable,
            Ambient = own?.Ambient,
        };
    }
}
