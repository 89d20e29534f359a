using System.Text;
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
        if (run.Security == "insecure")
        {
            throw WharfException.Forbidden("RUN --security=insecure is not allowed: the build was not given the entitlement security.insecure");
        }

        if (run.Network == "host" && session.Request.Network != "host")
        {
            throw WharfException.Forbidden("RUN --network=host is not allowed: build with --network host to permit it");
        }

        IReadOnlyList<string> command = run.Command.IsShell ? [.. state.Shell, .. run.Command.Words] : run.Command.Words;
        var arguments = state.Arguments.Where(a => !BuildArguments.IsProxy(a.Key) && state.Lookup(a.Key) == a.Value).ToList();
        string shown = string.Join(' ', command);
        string createdBy = arguments.Count == 0 ? shown
            : $"|{arguments.Count} {string.Join(' ', arguments.Select(a => $"{a.Key}={a.Value}"))} {shown}";
        var mounts = run.Mounts.Select(m => RunMount.Parse(state.Expander().Expand(m))).ToList();

        await using var prepared = await new RunMounts(session, stage, steps.Output).PrepareAsync(mounts, state, ct);
        var key = steps.Key("run").Add("command", GoText.QuoteList(command)).Add("arguments", string.Join(' ', arguments.Select(a => $"{a.Key}={a.Value}")))
            .Add("mounts", prepared.KeyText).Add("network", run.Network);
        if (steps.TryCached(key))
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
            Network = run.Network == "default" ? session.Request.Network : run.Network,
            Mounts = prepared.Mounts,
            Limits = session.Request.Limits,
        };
        await RunContainerAsync(process, shown, key, createdBy, ct);
    }

    private async Task RunContainerAsync(BuildProcess process, string shown, Cache.StepKey key, string createdBy, CancellationToken ct)
    {
        await using var container = await steps.Session.Workspaces.CreateContainerAsync(process, ct);
        steps.Output.Write($" ---> Running in {ObjectId.Shorten(container.Id)}\n");
        var decoder = new Utf8Lines(steps.Output);
        int code = await container.RunAsync(decoder.Write, ct);
        decoder.Finish();
        if (code != 0)
        {
            throw new BuildStepFailure(shown, code).ToException();
        }

        if (steps.Session.Request.Remove)
        {
            steps.Output.Write($"Removing intermediate container {ObjectId.Shorten(container.Id)}\n");
        }

        await steps.CommitAsync(key, "run", createdBy, container.Id, ct);
    }

    /// <summary>Decodes output as it comes; a character cut between two reads is put together again.</summary>
    private sealed class Utf8Lines(IBuildOutput output)
    {
        private readonly Decoder[] _decoders = [Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder()];

        public void Write(ReadOnlyMemory<byte> data, bool isError) => Decode(_decoders[isError ? 1 : 0], data.Span, flush: false);

        public void Finish()
        {
            foreach (var decoder in _decoders)
            {
                Decode(decoder, [], flush: true);
            }
        }

        private void Decode(Decoder decoder, ReadOnlySpan<byte> data, bool flush)
        {
            char[] text = new char[Encoding.UTF8.GetMaxCharCount(data.Length) + 1];
            int count = decoder.GetChars(data, text, flush);
            if (count > 0)
            {
                output.Write(new string(text, 0, count));
            }
        }
    }
}

/// <summary>A RUN that ended with another code than 0.</summary>
/// <param name="Command">As Docker shows it.</param>
internal sealed record BuildStepFailure(string Command, int Code)
{
    public WharfException ToException()
    {
        var error = new WharfException(ErrorKind.Internal, $"The command '{Command}' returned a non-zero code: {Code}");
        error.Data["exitCode"] = Code;
        return error;
    }
}
