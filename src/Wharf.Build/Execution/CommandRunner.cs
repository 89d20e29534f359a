using Wharf.Build.Cache;
using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Build.Mounts;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>RUN: a container on top of the stage's image runs the command; what it changed becomes the layer.</summary>
internal sealed class CommandRunner(StepRunner steps, Stage stage)
{
    private const string NoCommand = "/bin/sh";

    public async Task RunAsync(RunInstruction run, CancellationToken ct)
    {
        var state = steps.State;
        var session = steps.Session;
        Entitlements.Check(run, session.Request);
        IReadOnlyList<string> command = run.Command.IsShell ? [.. state.Shell, .. run.Command.Words] : run.Command.Words;
        var arguments = state.Arguments.Where(a => !BuildArguments.IsProxy(a.Key) && state.Lookup(a.Key) == a.Value).ToList();
        string shown = string.Join(' ', command);
        string createdBy = arguments.Count == 0 ? shown
            : $"|{arguments.Count} {string.Join(' ', arguments.Select(a => $"{a.Key}={a.Value}"))} {shown}";
        var mounts = run.Mounts.Select(m => RunMount.Parse(state.Expander().Expand(m))).ToList();

        await using var prepared = await new RunMounts(session, stage, steps.Output).PrepareAsync(mounts, state, ct);
        var key = steps.Key("run").Add("command", GoText.QuoteList(command)).Add("mounts", prepared.KeyText).Add("network", run.Network).Add("security", run.Security)
            .Add("devices", string.Join(' ', run.Devices));
        foreach (var argument in arguments)
        {
            key.Add("argument " + argument.Key, argument.Value);
        }

        var step = new Step(key, "run", createdBy) { HasUnwrittenInputs = mounts.Any(m => m.Type == RunMountType.Bind) };
        if (await steps.TryCachedAsync(step, ct))
        {
            return;
        }

        if (run.Heredocs.Count == 1 && run.Command is { IsShell: true } && run.Command.Words[0].StartsWith("#!", StringComparison.Ordinal))
        {
            command = [prepared.AddScript(run.Command.Words[0])];
        }

        var process = new BuildProcess
        {
            Image = state.Image,
            Config = state.Run,
            Arguments = command.Count > 0 ? command : [NoCommand],
            Environment = [.. session.Arguments.GivenProxies.Select(p => $"{p.Key}={p.Value}"), .. arguments.Select(a => $"{a.Key}={a.Value}"), .. state.Run.Env ?? [], .. prepared.Environment],
            SecretEnvironment = prepared.SecretEnvironment,
            Network = run.Network == "default" ? session.Request.Network : run.Network,
            Hostname = session.Arguments.Steering("BUILDKIT_SANDBOX_HOSTNAME"),
            Privileged = run.Security == "insecure",
            Devices = [.. run.Devices.Select(RunDevice.Parse).Where(d => d.IsRequired || session.Workspaces.HasDevice(d.Name)).Select(d => d.Name)],
            Mounts = prepared.Mounts,
            Limits = session.Request.Limits,
        };
        await RunContainerAsync(process, step, shown, ct);
    }

    private async Task RunContainerAsync(BuildProcess process, Step step, string shown, CancellationToken ct)
    {
        var stubs = await MountStubs.FindAsync(steps.Session.Workspaces, process, ct);
        var container = await steps.Session.Workspaces.CreateContainerAsync(process, ct);
        bool keep = false;
        try
        {
            string shortId = ObjectId.Shorten(container.Id);
            steps.Output.Write($" ---> Running in {shortId}\n");
            var decoder = new OutputDecoder(steps.Output);
            int code = await container.RunAsync(decoder.Write, ct);
            decoder.Finish();
            if (code != 0)
            {
                // As with Docker a failed step can be looked into: its container stays, unless --force-rm says no.
                keep = steps.Session.Request.KeepFailed;
                if (!keep)
                {
                    steps.SayRemoved(shortId);
                }

                throw new BuildStepFailure(shown, code).ToException(keep ? container.Id : null);
            }

            stubs.Remove(container);
            keep = !steps.Session.Request.Remove;
            steps.SayRemoved(shortId);
            await steps.CommitAsync(step, container.Id, keep, ct);
        }
        finally
        {
            if (!keep)
            {
                await container.DisposeAsync();
            }
        }
    }
}

/// <summary>A RUN that ended with another code than 0.</summary>
/// <param name="Command">As Docker shows it.</param>
internal sealed record BuildStepFailure(string Command, int Code)
{
    /// <param name="keptContainer">Null when it is removed.</param>
    public WharfException ToException(string? keptContainer)
    {
        var error = new WharfException(ErrorKind.Internal, $"The command '{Command}' returned a non-zero code: {Code}");
        error.Data[BuildFailure.CodeKey] = Code;
        error.Data[BuildFailure.ContainerKey] = keptContainer;
        return error;
    }
}
