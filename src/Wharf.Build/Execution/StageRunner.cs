using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Runs one stage: its base image, the triggers of that, and its instructions in order.</summary>
internal sealed class StageRunner(BuildSession session, Stage stage, IBuildOutput output, int firstStep, int totalSteps)
{
    private char Escape => session.Stages.Source.Escape;

    public async Task<StageState> RunAsync(IReadOnlyList<Instruction> extra, CancellationToken ct)
    {
        int step = firstStep;
        Announce(step++, stage.From);
        var state = new StageState(await StartAsync(ct), Escape);
        bool useCache = !session.Request.NoCache && !session.Request.NoCacheStages.Contains(stage.Name ?? stage.Index.ToString(), StringComparer.OrdinalIgnoreCase);
        var steps = new StepRunner(session, state, output, useCache);
        steps.SayImage();
        var dispatcher = new InstructionRunner(steps, stage);
        await RunTriggersAsync(state, dispatcher, ct);
        foreach (var instruction in stage.Instructions.Concat(extra))
        {
            ct.ThrowIfCancellationRequested();
            Announce(step++, instruction);
            await RunLocatedAsync(dispatcher, instruction, ct);
        }

        return state;
    }

    /// <summary>The expanded name after FROM.</summary>
    public static string BaseName(BuildSession session, Stage stage)
    {
        string name = new Expansion.WordExpander(session.Stages.Source.Escape, session.Arguments.Global).Expand(stage.From.BaseName);
        return name.Length > 0 ? name : throw DockerfileError.At(stage.From.Lines, $"base name ({stage.From.BaseName}) should not be blank");
    }

    private async Task<BuildImage> StartAsync(CancellationToken ct)
    {
        string name = BaseName(session, stage);
        if (session.Stages.Find(name, stage.Index) is { } earlier)
        {
            var finished = await session.Results[earlier.Index];
            return new BuildImage(finished.Image, finished.Config with { Config = finished.Run });
        }

        if (name == "scratch")
        {
            var platform = session.Request.Platform is { } wanted ? Oci.Images.Platform.Parse(wanted) : Oci.Images.Platform.Host;
            return new BuildImage(default, new Oci.Images.ImageConfig { Architecture = platform.Architecture, Os = platform.Os, Variant = platform.Variant });
        }

        string? forPlatform = stage.From.Platform is { } p ? new Expansion.WordExpander(Escape, session.Arguments.Global).Expand(p) : session.Request.Platform;
        return await session.Images.ResolveAsync(name, forPlatform, session.Request.Pull, output, ct);
    }

    private async Task RunTriggersAsync(StageState state, InstructionRunner dispatcher, CancellationToken ct)
    {
        var triggers = state.Run.OnBuild ?? [];
        if (triggers.Count == 0)
        {
            return;
        }

        state.Run = state.Run with { OnBuild = null };
        output.Write($"# Executing {triggers.Count} build trigger{(triggers.Count == 1 ? "" : "s")}\n");
        var parser = new InstructionParser(Escape);
        foreach (string trigger in triggers)
        {
            var raw = DockerfileReader.ReadTrigger(trigger, Escape, stage.From.Lines);
            if (raw.Keyword is "onbuild" or "from" or "maintainer")
            {
                throw DockerfileError.At(stage.From.Lines, $"{raw.Keyword.ToUpperInvariant()} isn't allowed as an ONBUILD trigger (in the base image)");
            }

            await RunLocatedAsync(dispatcher, parser.Parse(raw), ct);
        }
    }

    private async Task RunLocatedAsync(InstructionRunner dispatcher, Instruction instruction, CancellationToken ct)
    {
        try
        {
            await dispatcher.RunAsync(instruction, ct);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.InvalidArgument && !e.Message.StartsWith("dockerfile parse error", StringComparison.Ordinal))
        {
            throw new WharfException(e.Kind, $"{session.Request.DockerfileName}:{instruction.Lines.Start}: {e.Message}", e);
        }
    }

    private void Announce(int step, Instruction instruction) => output.Write($"Step {step}/{totalSteps} : {instruction.Original}\n");
}
