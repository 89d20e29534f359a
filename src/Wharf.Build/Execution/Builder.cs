using System.Runtime.ExceptionServices;
using Wharf.Build.Cache;
using Wharf.Build.Instructions;
using Wharf.Build.Mounts;
using Wharf.Build.Stages;
using Wharf.Oci.Images;
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
        var stages = StageList.Parse(request.Dockerfile);
        string folder = Path.Combine(temporaryFolder, "build-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        try
        {
            var session = new BuildSession
            {
                Request = request,
                Stages = stages,
                Arguments = ArgumentsOf(request, stages),
                Images = images,
                Workspaces = workspaces,
                Cache = cache,
                CacheMounts = cacheMounts,
                Clock = clock,
                TemporaryFolder = folder,
            };
            var result = await RunAsync(session, output, ct);
            await TagAsync(request, result, output, ct);
            return new BuildResult(result);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static BuildArguments ArgumentsOf(BuildRequest request, StageList stages)
    {
        var host = Platform.Host;
        var target = request.Platform is { Length: > 0 } wanted ? Platform.Parse(wanted) : host;
        var arguments = new BuildArguments(request.Arguments, new Dictionary<string, string>
        {
            ["BUILDPLATFORM"] = host.ToString(),
            ["BUILDOS"] = host.Os,
            ["BUILDARCH"] = host.Architecture,
            ["BUILDVARIANT"] = host.Variant ?? "",
            ["TARGETPLATFORM"] = target.ToString(),
            ["TARGETOS"] = target.Os,
            ["TARGETARCH"] = target.Architecture,
            ["TARGETVARIANT"] = target.Variant ?? "",
            ["TARGETSTAGE"] = request.Target ?? "default",
        });
        foreach (var global in stages.GlobalArguments)
        {
            arguments.DeclareGlobal(global, stages.Source.Escape);
        }

        return arguments;
    }

    private static async Task<Digest> RunAsync(BuildSession session, IBuildOutput output, CancellationToken ct)
    {
        var request = session.Request;
        var target = session.Stages.Target(request.Target);
        var graph = StageGraph.Of(session.Stages, target, stage => StageRunner.BaseName(session, stage));
        IReadOnlyList<Instruction> labels = request.Labels.Count == 0 ? [] : [LabelStep(request)];
        int total = graph.Stages.Sum(s => s.Instructions.Count + 1) + labels.Count;
        var ordered = new OrderedOutput(output, [.. graph.Stages.Select(s => s.Index)]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var allKnown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int step = 1;
        foreach (var stage in graph.Stages)
        {
            var runner = new StageRunner(session, stage, ordered.For(stage.Index), step, total);
            session.Results[stage.Index] = RunStageAsync(session, graph, stage, runner, stage == target ? labels : [], ordered, stop, allKnown.Task);
            step += stage.Instructions.Count + 1;
        }

        allKnown.SetResult();
        await WaitForAllAsync(session, ct);
        var state = await session.Results[target.Index];
        if (state.Image.IsEmpty)
        {
            throw WharfException.Invalid("No image was generated. Is your Dockerfile empty?");
        }

        var unused = session.Arguments.Unused.ToList();
        if (unused.Count > 0)
        {
            output.Write($"[Warning] One or more build-args [{string.Join(' ', unused)}] were not consumed\n");
        }

        return state.Image;
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
    private static async Task WaitForAllAsync(BuildSession session, CancellationToken ct)
    {
        await Task.WhenAll(session.Results.Values).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        ct.ThrowIfCancellationRequested();
        var failures = session.Results.OrderBy(r => r.Key).Select(r => r.Value.Exception?.InnerException).OfType<Exception>().ToList();
        if (failures.Count > 0)
        {
            ExceptionDispatchInfo.Throw(failures.FirstOrDefault(f => f is not OperationCanceledException) ?? failures[0]);
        }
    }

    private static LabelInstruction LabelStep(BuildRequest request) =>
        new([.. request.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => KeyValuePair.Create(Quoted(l.Key), Quoted(l.Value)))], IsLegacyForm: false)
        {
            Lines = new Dockerfile.SourceRange(0, 0),
            Original = "LABEL " + string.Join(' ', request.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{GoText.Quote(l.Key)}={GoText.Quote(l.Value)}")),
        };

    // Labels of the request are taken as they are: nothing in them is a variable.
    private static string Quoted(string text) => "'" + text.Replace("'", "'\"'\"'", StringComparison.Ordinal) + "'";

    private async Task TagAsync(BuildRequest request, Digest image, IBuildOutput output, CancellationToken ct)
    {
        output.Built(image.ToString());
        output.Write($"Successfully built {image.Short}\n");
        foreach (var tag in request.Tags)
        {
            await images.TagAsync(image, tag, ct);
            output.Write($"Successfully tagged {tag.WithDefaultTag().Familiar}\n");
        }
    }
}
