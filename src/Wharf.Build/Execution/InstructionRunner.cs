using Wharf.Build.Copying;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Carries out one instruction on a stage's state.</summary>
internal sealed class InstructionRunner(StepRunner steps, Stage stage)
{
    private readonly CopyRunner _copy = new(steps, stage);
    private readonly CommandRunner _command = new(steps, stage);

    private StageState State => steps.State;

    public Task RunAsync(Instruction instruction, CancellationToken ct) => instruction switch
    {
        RunInstruction run => _command.RunAsync(run, ct),
        CopyInstruction copy => _copy.RunAsync(copy, ct),
        WorkdirInstruction workdir => WorkdirAsync(workdir, ct),
        ArgInstruction argument => ArgumentAsync(argument, ct),
        _ => steps.ConfigureAsync(Configure(instruction), ct),
    };

    /// <summary>Changes the configuration and returns the instruction as history shows it.</summary>
    private string Configure(Instruction instruction)
    {
        var expander = State.Expander();
        switch (instruction)
        {
            case EnvInstruction env:
                var set = new List<string>();
                foreach ((string name, string value) in env.Pairs)
                {
                    // All values are expanded with the environment as it was before the instruction.
                    set.Add($"{expander.Expand(name)}={expander.Expand(value)}");
                }

                foreach (string pair in set)
                {
                    int equals = pair.IndexOf('=');
                    State.SetEnvironment(pair[..equals], pair[(equals + 1)..]);
                }

                return "ENV " + string.Join(' ', set);
            case LabelInstruction label:
                var labels = new SortedDictionary<string, string>(State.Run.Labels ?? [], StringComparer.Ordinal);
                var shown = new List<string>();
                foreach ((string name, string value) in label.Pairs)
                {
                    (string n, string v) = (expander.Expand(name), expander.Expand(value));
                    labels[n] = v;
                    shown.Add($"{n}={v}");
                }

                State.Run = State.Run with { Labels = labels };
                return "LABEL " + string.Join(' ', shown);
            case CmdInstruction cmd:
                State.CommandIsOwn = true;
                State.Run = State.Run with { Cmd = WithShell(cmd.Command), ArgsEscaped = false };
                return "CMD " + GoText.QuoteList(State.Run.Cmd ?? []);
            case EntrypointInstruction entrypoint:
                State.Run = State.Run with { Entrypoint = WithShell(entrypoint.Command), Cmd = State.CommandIsOwn ? State.Run.Cmd : null };
                return "ENTRYPOINT " + GoText.QuoteList(State.Run.Entrypoint ?? []);
            case ExposeInstruction expose:
                var ports = new SortedDictionary<string, EmptyValue>(State.Run.ExposedPorts ?? [], StringComparer.Ordinal);
                var specs = expose.Ports.SelectMany(expander.ExpandToWords).ToList();
                foreach (string port in specs.SelectMany(PortSpecs.Parse))
                {
                    ports[port] = EmptyValue.Instance;
                }

                State.Run = State.Run with { ExposedPorts = ports };
                return "EXPOSE " + string.Join(' ', specs);
            case VolumeInstruction volume:
                var volumes = new SortedDictionary<string, EmptyValue>(State.Run.Volumes ?? [], StringComparer.Ordinal);
                var paths = volume.Paths.Select(expander.Expand).ToList();
                foreach (string path in paths)
                {
                    volumes[path.Length > 0 ? path : throw WharfException.Invalid("VOLUME specified can not be an empty string")] = EmptyValue.Instance;
                }

                State.Run = State.Run with { Volumes = volumes };
                return "VOLUME [" + string.Join(' ', paths) + "]";
            case UserInstruction user:
                State.Run = State.Run with { User = expander.Expand(user.User) };
                return "USER " + State.Run.User;
            case StopSignalInstruction signal:
                State.Run = State.Run with { StopSignal = Signal(expander.Expand(signal.Signal)) };
                return "STOPSIGNAL " + State.Run.StopSignal;
            case ShellInstruction shell:
                State.Run = State.Run with { Shell = shell.Words };
                return "SHELL " + GoText.QuoteList(shell.Words);
            case OnBuildInstruction trigger:
                State.Run = State.Run with { OnBuild = [.. State.Run.OnBuild ?? [], trigger.Trigger] };
                return "ONBUILD " + trigger.Trigger;
            case MaintainerInstruction maintainer:
                State.Config = State.Config with { Author = maintainer.Name };
                return "MAINTAINER " + maintainer.Name;
            case HealthCheckInstruction check:
                return HealthCheck(check);
            default:
                throw WharfException.Internal($"no way to run {instruction.Keyword}");
        }
    }

    private string HealthCheck(HealthCheckInstruction check)
    {
        IReadOnlyList<string> test = check.Command is not { } command ? ["NONE"]
            : command.IsShell ? ["CMD-SHELL", .. command.Words] : ["CMD", .. command.Words];
        State.Run = State.Run with
        {
            Healthcheck = new HealthCheck
            {
                Test = test,
                Interval = Nanoseconds(check.Interval),
                Timeout = Nanoseconds(check.Timeout),
                StartPeriod = Nanoseconds(check.StartPeriod),
                StartInterval = Nanoseconds(check.StartInterval),
                Retries = check.Retries ?? 0,
            },
        };
        return "HEALTHCHECK " + GoText.QuoteList(test);
    }

    private async Task ArgumentAsync(ArgInstruction instruction, CancellationToken ct)
    {
        var shown = new List<string>();
        foreach (var argument in instruction.Arguments)
        {
            string? value = argument.Default is null ? null : State.Expander().Expand(argument.Default);
            string? effective = steps.Session.Arguments.Declare(argument.Name, value);
            State.Declare(argument.Name, effective);
            shown.Add(value is null ? argument.Name : $"{argument.Name}={value}");
        }

        await steps.ConfigureAsync("ARG " + string.Join(' ', shown), ct);
    }

    private async Task WorkdirAsync(WorkdirInstruction instruction, CancellationToken ct)
    {
        string path = State.Expander().Expand(instruction.Path);
        if (path.Length == 0)
        {
            throw WharfException.Invalid("cannot normalize nothing: the path of WORKDIR is empty after its variables were replaced");
        }

        path = PathPattern.Clean(path.StartsWith('/') ? path : $"{State.Run.WorkingDir}/{path}");
        path = path.StartsWith('/') ? path : "/" + path;
        State.Run = State.Run with { WorkingDir = path };
        var key = steps.Key("workdir").Add("path", path);
        if (steps.TryCached(key))
        {
            return;
        }

        await using var workspace = await steps.Session.Workspaces.OpenAsync(State.Image, ct);
        using (new TargetTree(workspace.Root).MakeDirectories(path, (0, 0)))
        {
            // the handle is not needed: only that the folder is there
        }

        await steps.CommitAsync(key, "workdir", "/bin/sh -c #(nop) WORKDIR " + path, workspace.Id, ct);
    }

    private IReadOnlyList<string> WithShell(CommandLine command) => command.IsShell ? [.. State.Shell, .. command.Words] : command.Words;

    private static long Nanoseconds(TimeSpan? time) => (time?.Ticks ?? 0) * TimeSpan.NanosecondsPerTick;

    private static string Signal(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-')
            ? text
            : throw WharfException.Invalid($"invalid signal: {text}");

    /// <summary>For messages of nested runners.</summary>
    public override string ToString() => stage.ToString();
}
