using Wharf.Build.Copying;
using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Runs one stage: its base image, the triggers of that, and its instructions in order.</summary>
internal sealed class StageRunner(BuildSession session, Stage stage, StageReporter output, int firstStep, int totalSteps)
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private char Escape => session.Stages.Source.Escape;

    public async Task<StageState> RunAsync(IReadOnlyList<Instruction> extra, CancellationToken ct)
    {
        int step = firstStep;
        StageState? state = null;
        StepRunner? steps = null;
        InstructionRunner? dispatcher = null;
        await StepAsync(step++, stage.From, async () =>
        {
            await LocatedAsync(stage.From, async () => state = new StageState(await StartAsync(ct), Escape));
            state!.Base = state.Image;
            if (state.Lookup("PATH") is null)
            {
                state.SetEnvironment("PATH", DefaultPath);
            }

            bool useCache = !session.Request.NoCache && !session.Request.NoCacheStages.Contains(stage.Name ?? stage.Index.ToString(), StringComparer.OrdinalIgnoreCase);
            steps = new StepRunner(session, state, output, useCache) { ShowsImages = false };
            dispatcher = new InstructionRunner(steps, stage);
            await RunTriggersAsync(state, dispatcher, ct);
            steps.ShowsImages = true;
            steps.SayImage();
            return steps.WasCached;
        });
        foreach (var instruction in stage.Instructions.Concat(extra))
        {
            ct.ThrowIfCancellationRequested();
            await StepAsync(step++, instruction, async () =>
            {
                steps!.WasCached = false;
                await LocatedAsync(instruction, () => dispatcher!.RunAsync(instruction, ct));
                return steps.WasCached;
            });
        }

        return state!;
    }

    /// <summary>The expanded name after FROM.</summary>
    public static string BaseName(StageList stages, BuildArguments arguments, Stage stage)
    {
        string name = new Expansion.WordExpander(stages.Source.Escape, arguments.Global).Expand(stage.From.BaseName);
        return name.Length > 0 ? name : throw DockerfileError.At(stage.From.Lines, $"base name ({stage.From.BaseName}) should not be blank", stage.From.BaseName);
    }

    /// <summary>The triggers of a base image as instructions.</summary>
    public static IReadOnlyList<Instruction> Triggers(IReadOnlyList<string> triggers, Stage stage, char escape)
    {
        var parser = new InstructionParser(escape);
        var instructions = new List<Instruction>();
        foreach (string trigger in triggers)
        {
            var raw = DockerfileReader.ReadTrigger(trigger, escape, stage.From.Lines);
            instructions.Add(raw.Keyword is not ("onbuild" or "from" or "maintainer") ? parser.Parse(raw)
                : throw DockerfileError.At(stage.From.Lines, $"{raw.Keyword.ToUpperInvariant()} isn't allowed as an ONBUILD trigger (in the base image)"));
        }

        return instructions;
    }

    private async Task<BuildImage> StartAsync(CancellationToken ct)
    {
        string? platform = stage.From.Platform is { } written ? PlatformOf(written) : session.Request.Platform;
        string name = BaseName(session.Stages, session.Arguments, stage);
        if (session.Request.NamedContexts.TryGetValue(name, out var context))
        {
            if (context.Files is { } files)
            {
                return await FromFilesAsync(name, files, ct);
            }

            name = context.Image!;
        }
        else if (session.Stages.FindByName(name, stage.Index) is { } earlier)
        {
            var finished = await session.Running.ResultOf(earlier);
            return new BuildImage(finished.Image, finished.Config with { Config = finished.Run });
        }

        if (name == "scratch")
        {
            return new BuildImage(default, EmptyConfig());
        }

        try
        {
            return await session.ResolveAsync(name, platform, output, ct);
        }
        catch (WharfException e)
        {
            throw DockerfileError.About(e, stage.From.BaseName);
        }
    }

    private string PlatformOf(string written)
    {
        var expander = new Expansion.WordExpander(Escape, session.Arguments.Global);
        string platform = expander.Expand(written);
        string meant = string.Concat(expander.Unset.Take(1).Select(n => Nearness.Suggest(n, session.Arguments.GlobalNames)));
        if (platform.Length == 0)
        {
            throw DockerfileError.About(WharfException.Invalid($"empty platform value from expression {written}{meant}"), written);
        }

        try
        {
            Platform.Parse(platform);
            return platform;
        }
        catch (WharfException e)
        {
            throw DockerfileError.About(WharfException.Invalid($"failed to parse platform {written}: {e.Message}{meant}", e), written);
        }
    }

    private ImageConfig EmptyConfig()
    {
        var platform = session.Request.Platform is { } wanted ? Platform.Parse(wanted) : Platform.Host;
        return new ImageConfig { Architecture = platform.Architecture, Os = platform.Os, Variant = platform.Variant };
    }

    /// <summary>A named context of files as a base: an image with one layer of them.</summary>
    private async Task<BuildImage> FromFilesAsync(string name, SourceTree files, CancellationToken ct)
    {
        await using var workspace = await session.Workspaces.OpenAsync(default, ct);
        TreeCopy.Copy(new CopyItem(files, "", "/"), new TargetTree(workspace.Root), new CopyLook(), ct);
        string now = Rfc3339.Format(session.Created);
        var history = new HistoryEntry { Created = now, CreatedBy = $"FROM the build context {name}" };
        var id = await session.Images.CommitAsync(workspace.Id, EmptyConfig() with { Created = now }, history, keep: false, ct);
        return session.Images.TryGet(id, out var made) ? made : throw WharfException.NotFound($"the image of the build context {name} is gone");
    }

    private async Task RunTriggersAsync(StageState state, InstructionRunner dispatcher, CancellationToken ct)
    {
        var triggers = Triggers(state.Run.OnBuild ?? [], stage, Escape);
        if (triggers.Count == 0)
        {
            return;
        }

        state.Run = state.Run with { OnBuild = null };
        output.Write($"# Executing {triggers.Count} build trigger{(triggers.Count == 1 ? "" : "s")}\n");
        foreach (var trigger in triggers)
        {
            await LocatedAsync(stage.From, () => dispatcher.RunAsync(trigger, ct));
        }
    }

    /// <summary>Gives whatever goes wrong the place of the instruction; only what a command's exit code says is left as Docker has it.</summary>
    private async Task LocatedAsync(Instruction instruction, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (WharfException e) when (e.Data.Contains(BuildFailure.ExcerptKey))
        {
            throw; // it was told by the stage that this one asked for
        }
        catch (WharfException e) when (e.Data.Contains(BuildFailure.CodeKey))
        {
            // Docker's own words go last and alone: scripts compare them. Where it was, stands above.
            var place = SourcePlace.Of(session.Stages.Source.Lines, instruction.Lines, null);
            string excerpt = $"{session.Request.DockerfileName}:{place.Line}\n--------------------\n{place.Excerpt(session.Stages.Source.Lines, instruction.Lines)}--------------------\n";
            e.Data[BuildFailure.ExcerptKey] = excerpt;
            output.Write("\n" + excerpt);
            throw;
        }
        catch (WharfException e)
        {
            throw DockerfileError.Located(e, session.Stages.Source.Lines, session.Request.DockerfileName, instruction.Lines);
        }
    }

    private Task StepAsync(int step, Instruction instruction, Func<Task<bool>> run)
    {
        output.Write($"Step {step}/{totalSteps} : {instruction.Original}\n");
        return output.StepAsync(step, instruction, run);
    }
}
