using Wharf.Build.Instructions;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>The instructions that change an image's configuration and no file.</summary>
internal static class ConfigInstructions
{
    /// <summary>Changes the configuration and returns the instruction as history shows it.</summary>
    public static string Apply(StageState state, Instruction instruction)
    {
        var expander = state.Expander();
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
                    state.SetEnvironment(pair[..equals], pair[(equals + 1)..]);
                }

                return "ENV " + string.Join(' ', set);
            case LabelInstruction label:
                var labels = new SortedDictionary<string, string>(state.Run.Labels ?? [], StringComparer.Ordinal);
                var shown = new List<string>();
                foreach ((string name, string value) in label.Pairs)
                {
                    (string n, string v) = (expander.Expand(name), expander.Expand(value));
                    labels[n] = v;
                    shown.Add($"{n}={v}");
                }

                state.Run = state.Run with { Labels = labels };
                return "LABEL " + string.Join(' ', shown);
            case CmdInstruction cmd:
                state.CommandIsOwn = true;
                state.Run = state.Run with { Cmd = WithShell(state, cmd.Command), ArgsEscaped = false };
                return "CMD " + GoText.QuoteList(state.Run.Cmd ?? []);
            case EntrypointInstruction entrypoint:
                state.Run = state.Run with { Entrypoint = WithShell(state, entrypoint.Command), Cmd = state.CommandIsOwn ? state.Run.Cmd : null };
                return "ENTRYPOINT " + GoText.QuoteList(state.Run.Entrypoint ?? []);
            case ExposeInstruction expose:
                var ports = new SortedDictionary<string, EmptyValue>(state.Run.ExposedPorts ?? [], StringComparer.Ordinal);
                var specs = expose.Ports.SelectMany(expander.ExpandToWords).ToList();
                foreach (string port in specs.SelectMany(PortSpecs.Parse))
                {
                    ports[port] = EmptyValue.Instance;
                }

                state.Run = state.Run with { ExposedPorts = ports };
                return "EXPOSE " + string.Join(' ', specs.Order(StringComparer.Ordinal));
            case VolumeInstruction volume:
                var volumes = new SortedDictionary<string, EmptyValue>(state.Run.Volumes ?? [], StringComparer.Ordinal);
                var paths = volume.Paths.Select(expander.Expand).ToList();
                foreach (string path in paths)
                {
                    volumes[path.Length > 0 ? path : throw WharfException.Invalid("VOLUME specified can not be an empty string")] = EmptyValue.Instance;
                }

                state.Run = state.Run with { Volumes = volumes };
                return "VOLUME [" + string.Join(' ', paths) + "]";
            case UserInstruction user:
                state.Run = state.Run with { User = expander.Expand(user.User) };
                return "USER " + state.Run.User;
            case StopSignalInstruction signal:
                state.Run = state.Run with { StopSignal = Signal(expander.Expand(signal.Signal), signal.Signal) };
                return "STOPSIGNAL " + state.Run.StopSignal;
            case ShellInstruction shell:
                state.Run = state.Run with { Shell = shell.Words };
                return $"SHELL [{string.Join(' ', shell.Words)}]";
            case OnBuildInstruction trigger:
                state.Run = state.Run with { OnBuild = [.. state.Run.OnBuild ?? [], trigger.Trigger] };
                return "ONBUILD " + trigger.Trigger;
            case MaintainerInstruction maintainer:
                state.Config = state.Config with { Author = maintainer.Name };
                return "MAINTAINER " + maintainer.Name;
            case HealthCheckInstruction check:
                return HealthCheck(state, check);
            default:
                throw WharfException.Invalid($"{instruction.Keyword} does not change an image's configuration");
        }
    }

    private static string HealthCheck(StageState state, HealthCheckInstruction check)
    {
        IReadOnlyList<string> test = check.Command is not { } command ? ["NONE"]
            : command.IsShell ? ["CMD-SHELL", .. command.Words] : ["CMD", .. command.Words];
        state.Run = state.Run with
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

        // All of it, as history lines are what images that are trusted for caching are compared by.
        string times = string.Join(' ', new[] { check.Interval, check.Timeout, check.StartPeriod, check.StartInterval }.Select(t => $"\"{GoDuration.Format(t ?? TimeSpan.Zero)}\""));
        return $"HEALTHCHECK &{{{GoText.QuoteList(test)} {times} '\\x{check.Retries ?? 0:x2}'}}";
    }

    private static IReadOnlyList<string> WithShell(StageState state, CommandLine command) => command.IsShell ? [.. state.Shell, .. command.Words] : command.Words;

    private static long Nanoseconds(TimeSpan? time) => (time?.Ticks ?? 0) * TimeSpan.NanosecondsPerTick;

    private static string Signal(string text, string written) =>
        Linux.Signal.TryParse(text, out _)
            ? text
            : throw Dockerfile.DockerfileError.About(WharfException.Invalid($"invalid signal: {text}"), written);
}
