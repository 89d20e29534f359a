using System.Runtime.ExceptionServices;
using Wharf.Build.Attestations;
using Wharf.Build.Cache;
using Wharf.Build.Calls;
using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Build.Mounts;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Builds images from Dockerfiles. One instance per engine; builds run side by side.</summary>
/// <param name="images">Images, from the engine.</param>
/// <param name="workspaces">Roots and containers for steps, from the engine.</param>
/// <param name="cache">What earlier builds made.</param>
/// <param name="cacheMounts">The folders of cache mounts.</param>
/// <param name="temporaryFolder">For downloads and mounts of running builds; swept at start.</param>
/// <param name="clock">The time of steps.</param>
public sealed class Builder(IBuildImages images, IBuildWorkspaces workspaces, IBuildCache cache, CacheMounts cacheMounts, string temporaryFolder, TimeProvider clock)
{
    /// <summary>Builds to the end; all progress goes to <paramref name="output"/>, a failure comes out as an exception.</summary>
    /// <exception cref="WharfException">InvalidArgument for the Dockerfile and its sources; Internal with <c>Data["exitCode"]</c> for a RUN that failed.</exception>
    public async Task<BuildResult> BuildAsync(BuildRequest request, IBuildOutput output, CancellationToken ct)
    {
        var plan = BuildPlan.Of(request);
        if (request is { RewriteTimestamps: true, Epoch: null })
        {
            throw WharfException.Invalid("rewrite-timestamp needs a time: set SOURCE_DATE_EPOCH");
        }

        var broken = plan.Options.IsError ? plan.Check(images) : [];
        if (broken.Count > 0)
        {
            throw WharfException.Invalid($"lint violation found for rules: {string.Join(", ", broken.Select(w => w.Rule.Name).Distinct())}\n"
                + string.Join('\n', broken.Select(w => CheckReport.Describe(plan.Stages, request.DockerfileName, w))));
        }

        string folder = Path.Combine(temporaryFolder, "build-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        var session = new BuildSession
        {
            Request = request,
            Stages = plan.Stages,
            Arguments = plan.Arguments,
            Images = images,
            Workspaces = workspaces,
            Cache = cache,
            Record = new BuildRecord(clock.GetUtcNow()),
            TrustedImages = TrustedBy(request, output),
            CacheMounts = cacheMounts,
            Clock = clock,
            TemporaryFolder = folder,
        };
        try
        {
            if (SyntaxLevel.IsNewer(plan.Stages.Source.Directives.Syntax))
            {
                Warn(request, output, $"{plan.Stages.Source.Directives.Syntax} is newer than this builder's Dockerfile {SyntaxLevel.BuiltIn.ToString(2)}");
            }

            (Digest image, Digest last) = await RunAsync(session, plan, output, ct);
            await TagAsync(request, image, output, ct);
            return new BuildResult(image, last, session.Record.Steps);
        }
        finally
        {
            session.Close();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Answers a question about the Dockerfile; nothing is built or fetched.</summary>
    public BuildCallAnswer Answer(BuildRequest request, BuildCall call)
    {
        var plan = BuildPlan.Of(request);
        return call switch
        {
            BuildCall.Check => CheckReport.Of(plan.Stages, request.DockerfileName, plan.Check(images)),
            BuildCall.Targets => TargetsReport.Of(plan.Stages, request.DockerfileName, plan.BaseName),
            BuildCall.Outline => OutlineReport.Of(plan.Stages, request.DockerfileName, plan.Graph(images), plan.Arguments),
            _ => throw WharfException.Invalid("a build is no question"),
        };
    }

    private static void Warn(BuildRequest request, IBuildOutput output, string text)
    {
        output.Write($"[Warning] {text}\n");
        request.Progress?.Warning(text);
    }

    private TrustedImages TrustedBy(BuildRequest request, IBuildOutput output)
    {
        var found = new List<Oci.Images.ImageConfig>();
        foreach (string name in request.CacheFrom)
        {
            if (images.Find(name) is { } image)
            {
                found.Add(image.Config);
            }
            else
            {
                Warn(request, output, $"the cache source {name} is not here and is not used: pull or load it first");
            }
        }

        return new TrustedImages(found);
    }

    private static async Task<(Digest Image, Digest Last)> RunAsync(BuildSession session, BuildPlan plan, IBuildOutput output, CancellationToken ct)
    {
        var request = session.Request;
        var graph = plan.Graph(session.Images);
        IReadOnlyList<Instruction> labels = [.. request.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(LabelStep)];
        var globals = session.Stages.GlobalArguments;
        int total = globals.Count + graph.Stages.Sum(s => s.Instructions.Count + 1) + labels.Count;
        SayEmptyContinuations(session.Stages.Source, output);
        var ordered = new OrderedOutput(output, [.. graph.Stages.Select(s => s.Index)]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var allKnown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int step = 1;
        foreach (var global in globals)
        {
            output.Write($"Step {step++}/{total} : {global.Original}\n");
        }

        foreach (var stage in graph.Stages)
        {
            IReadOnlyList<Instruction> extra = stage == graph.Target ? labels : [];
            var reporter = new StageReporter(ordered.For(stage.Index), request.Progress, stage, graph.Stages.Count == 1, extra);
            var runner = new StageRunner(session, stage, reporter, step, total);
            session.Results[stage.Index] = RunStageAsync(session, graph, stage, runner, extra, ordered, stop, allKnown.Task);
            step += stage.Instructions.Count + 1;
        }

        allKnown.SetResult();
        await WaitForAllAsync(session, ordered, ct);
        var state = await session.Results[graph.Target.Index];
        if (state.Image.IsEmpty)
        {
            throw WharfException.Invalid("No image was generated. Is your Dockerfile empty?");
        }

        var unused = session.Arguments.Unused.ToList();
        if (unused.Count > 0)
        {
            Warn(request, output, $"One or more build-args [{string.Join(' ', unused)}] were not consumed");
        }

        Digest image = request.Squash && state.Image != state.Base ? await session.Images.SquashAsync(state.Image, state.Base, request.Epoch, ct) : state.Image;
        await Attester.DescribeAsync(session, graph, state, image, ct);
        return (image, state.Image);
    }

    private static void SayEmptyContinuations(DockerfileSource source, IBuildOutput output)
    {
        var broken = source.Instructions.Where(i => source.EmptyContinuationLines.Any(l => i.Lines.Start <= l && l <= i.Lines.End)).ToList();
        if (broken.Count > 0)
        {
            output.Write($"[WARNING]: Empty continuation line found in:\n{string.Concat(broken.Select(i => $"    {i.Original}\n"))}[WARNING]: Empty continuation lines will become errors in a future release.\n");
        }
    }

    private static async Task<StageState> RunStageAsync(BuildSession session, StageGraph graph, Stage stage, StageRunner runner, IReadOnlyList<Instruction> extra,
        OrderedOutput ordered, CancellationTokenSource stop, Task allKnown)
    {
        // The table of results is only read from here on.
        await allKnown;
        try
        {
            await Task.WhenAll(graph.NeedsOf(stage).Select(n => session.Results[n.Index]));
            var state = await Task.Run(() => runner.RunAsync(extra, stop.Token), stop.Token);
            ordered.Finish(stage.Index);
            return state;
        }
        catch
        {
            // One failed step ends the build: nothing else may go on working for a result nobody gets.
            await stop.CancelAsync();
            throw;
        }
    }

    /// <summary>Waits until every stage has stopped, then throws the failure that came first in the file and is not just a consequence.</summary>
    private static async Task WaitForAllAsync(BuildSession session, OrderedOutput ordered, CancellationToken ct)
    {
        await Task.WhenAll(session.Results.Values).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        ct.ThrowIfCancellationRequested();
        var failures = session.Results.OrderBy(r => r.Key).Where(r => r.Value.Exception is not null).ToList();
        if (failures.Count == 0)
        {
            await Task.WhenAll(session.Results.Values);
            return;
        }

        var first = failures.FirstOrDefault(f => f.Value.Exception!.InnerException is not OperationCanceledException);
        first = first.Value is null ? failures[0] : first;

        // What the failed stage said may still wait for an earlier one's turn, which was stopped and never ends.
        ordered.Show(first.Key);
        ExceptionDispatchInfo.Throw(first.Value.Exception!.InnerException!);
    }

    // Labels of the request are taken as they are: nothing in them is a variable.
    private static LabelInstruction LabelStep(KeyValuePair<string, string> label) =>
        new([KeyValuePair.Create(Quoted(label.Key), Quoted(label.Value))], IsLegacyForm: false)
        {
            Lines = new SourceRange(0, 0),
            Original = $"LABEL {label.Key}={label.Value}",
        };

    private static string Quoted(string text) => "'" + text.Replace("'", "'\"'\"'", StringComparison.Ordinal) + "'";

    private async Task TagAsync(BuildRequest request, Digest image, IBuildOutput output, CancellationToken ct)
    {
        output.Built(image.ToString());
        output.Write($"Successfully built {image.Short}\n");
        foreach (var tag in request.Tags)
        {
            await images.TagAsync(image, tag, ct);
            output.Write($"Successfully tagged {tag.WithDefaultTag().Familiar}\n");
            request.Progress?.Tagged(tag.WithDefaultTag().ToString());
        }
    }
}
