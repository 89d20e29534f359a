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

    private static readonly Option HelpFlag = new("help", 'h', TakesValue: false);

    private static readonly Option[] GlobalFlags =
    [
        new("root"), new("log"), new("log-format"), new("cgroup-manager"), new("rootless"), new("debug", TakesValue: false),
        new("systemd-cgroup", TakesValue: false), new("version", 'v', TakesValue: false), HelpFlag,
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
            // of a command that ends with its process's own status a failure must be told from that
            return session?.FailureCode is > 1 and { } code ? code : e.Failure.ExitCode;
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
        session.Debug(() => $"process {Environment.ProcessId}: {string.Join(' ', words)}");
        // What we start in a container shares our memory until it executes: its /proc/PID/exe, which is our program, opens to nobody (CVE-2019-5736).
        ProcessCalls.SetDumpable(false).ThrowIfError("prctl", "PR_SET_DUMPABLE");
        // an engine's file mode mask must not decide over what containers and their state look like
        _ = ProcessCalls.SetUmask(0b000_010_010);
        Arguments arguments = Arguments.Parse(words.AsSpan(1), [.. command.Options, HelpFlag], mixed: !command.PassesOn);
        if (arguments.IsSet(HelpFlag.Name))
        {
            session.Print(Help(command));
            return 0;
        }

        return command.Run(arguments, session);
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
            + "\n\nGLOBAL OPTIONS:\n" + Flags(GlobalFlags);
    }

    private static string Help(Command command) =>
        $"NAME:\n   wharf-oci {command.Name} - {command.Summary}\n\nOPTIONS:\n{Flags([.. command.Options, HelpFlag])}";

    private static string Flags(Option[] flags) =>
        string.Join('\n', Array.ConvertAll(flags, f => $"   --{f.Name}{(f.Short == '\0' ? "" : $", -{f.Short}")}{(f.TakesValue ? " value" : "")}"));

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
