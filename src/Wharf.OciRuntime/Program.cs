using Wharf.Linux;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Inspection;
using Wharf.OciRuntime.Lifecycle;
using Wharf.OciRuntime.Resources;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.OciRuntime;

/// <summary>wharf-oci: a runtime by the OCI specification with runc's command line.</summary>
internal static class Program
{
    private static readonly Command[] Commands =
    [
        CreateCommand.Command, DebugCommand.Command, DeleteCommand.Command, EventsCommand.Command, ExecCommand.Command, FeaturesCommand.Command,
        KillCommand.Command, ListCommand.Command, PauseCommand.Pause, PsCommand.Command, PauseCommand.Resume, RunCommand.Command, SpecCommand.Command,
        StartCommand.Command, StateCommand.Command, UpdateCommand.Command,
    ];

    private static readonly Option[] GlobalFlags =
    [
        new("root"), new("log"), new("log-format"), new("cgroup-manager"), new("rootless"), new("debug", TakesValue: false),
        new("systemd-cgroup", TakesValue: false), new("version", 'v', TakesValue: false), new("help", 'h', TakesValue: false),
    ];

    private static int Main(string[] words)
    {
        Session? session = null;
        try
        {
            Arguments global = Arguments.Parse(words, GlobalFlags);
            session = new Session(global);
            return Run(global, session);
        }
        catch (LaunchException e)
        {
            Report(session, e.Message);
            return e.Failure.ExitCode;
        }
        catch (Exception e) when (e is WharfException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            Report(session, e.Message);
            return session?.FailureCode ?? 1;
        }
    }

    private static int Run(Arguments global, Session session)
    {
        if (global.IsSet("version"))
        {
            session.Print($"wharf-oci version {typeof(Program).Assembly.GetName().Version?.ToString(3)}\nspec: {RuntimeSpec.Version}");
            return 0;
        }

        if (global.IsSet("help") || global.Operands.Count == 0 || global.Operands[0] == "help")
        {
            session.Print(Help());
            return 0;
        }

        Refuse(global);
        string[] words = [.. global.Operands];
        string name = words[0];
        Command command = Array.Find(Commands, c => c.Name == name) ?? throw WharfException.Invalid($"No help topic for '{name}'");
        session.FailureCode = command.FailureCode;
        // What we start in a container shares our memory until it executes: its /proc/PID/exe, which is our program, opens to nobody (CVE-2019-5736).
        ProcessCalls.SetDumpable(false).ThrowIfError("prctl", "PR_SET_DUMPABLE");
        // an engine's file mode mask must not decide over what containers and their state look like
        _ = ProcessCalls.SetUmask(0b000_010_010);
        return command.Run(Arguments.Parse(words.AsSpan(1), command.Options), session);
    }

    private static void Refuse(Arguments global)
    {
        if (global.IsSet("systemd-cgroup") || global.Text("cgroup-manager") == "systemd")
        {
            throw WharfException.Unsupported("the systemd cgroup driver is not supported: use cgroupfs");
        }

        if (global.Text("cgroup-manager") is { } manager and not "cgroupfs")
        {
            throw WharfException.Invalid($"unknown cgroup manager \"{manager}\"");
        }

        if (global.Text("rootless") is "true")
        {
            throw WharfException.Unsupported("rootless containers are not supported");
        }

        if (global.Text("log-format") is { } format and not ("json" or "text"))
        {
            throw WharfException.Invalid($"invalid log-format: {format}");
        }
    }

    private static string Help()
    {
        const int width = 8;
        return "NAME:\n   wharf-oci - Open Container Initiative runtime\n\nUSAGE:\n   wharf-oci [global options] command [command options] [arguments...]\n\nCOMMANDS:\n"
            + string.Join('\n', Array.ConvertAll(Commands, c => $"   {c.Name.PadRight(width)}  {c.Summary}"))
            + "\n\nGLOBAL OPTIONS:\n" + string.Join('\n', Array.ConvertAll(GlobalFlags, f => $"   --{f.Name}{(f.TakesValue ? " value" : "")}"));
    }

    private static void Report(Session? session, string message)
    {
        if (session is null)
        {
            Session.WriteError(message);
            return;
        }

        session.Error(message);
    }
}
