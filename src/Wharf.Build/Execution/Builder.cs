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
        if (request is { RewriteTimestamps: true, Epoch: null } && !request.Arguments.ContainsKey("SOURCE_DATE_EPOCH"))
        {
            throw WharfException.Invalid("rewrite-timestamp needs a time: set SOURCE_DATE_EPOCH");
        }

        var broken = plan.Options.IsError ? plan.Check(images) : [];
        if (broken.Count > 0)
        {
            throw WharfException.Invalid($"lint violation found for rules: {string.Join(", ", broken.Select(w => w.Rule.Name).Distinct())}\n"
                + string.Join('\n', broken.Select(w => CheckReport.Describe(plan.Stages, request.DockerfileName, w))));
        }

        TrustedImages trusted = TrustedBy(request, output);
        if (request is { CacheFromAlone: true, CacheFrom.Count: > 0 } && trusted.IsEmpty)
        {
            request = request with { NoCache = true };
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
            TrustedImages = trusted,
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
            output.Built(image.ToString(), isStage: image == last);
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
            BuildCall.Outline => OutlineReport.Of(plan.Stages, request.DockerfileName, plan.Graph(images, plan.Target), plan.Arguments),
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
        var graph = plan.Graph(session.Images, plan.Target);
        IReadOnlyList<Instruction> labels = [.. request.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(LabelStep)];
        var globals = session.Stages.GlobalArguments;
        int total = globals.Count + graph.Stages.Sum(s => s.Instructions.Count + 1) + labels.Count;
        SayEmptyContinuations(session.Stages.Source, output);
        for (int i = 0; i < globals.Count; i++)
        {
            output.Write($"Step {i + 1}/{total} : {globals[i].Original}\n");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        session.Running = new RunningStages(session, plan, new OrderedOutput(output, [.. graph.Stages.Select(s => s.Index)]), stop);
        session.Running.Start(graph, labels, globals.Count);
        await session.Running.WaitForAllAsync(ct);
        var state = await session.Running.ResultOf(graph.Target);
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
            output.WriteError($"[WARNING]: Empty continuation line found in:\n{string.Concat(broken.Select(i => $"    {i.Original}\n"))}[WARNING]: Empty continuation lines will become errors in a future release.\n");
        }
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
        output.Write($"Successfully built {image.Short}\n");
        foreach (var tag in request.Tags)
        {
            await images.TagAsync(image, tag, ct);
            output.Write($"Successfully tagged {tag.WithDefaultTag().Familiar}\n");
            request.Progress?.Tagged(tag.WithDefaultTag().ToString());
        }
    }
}
