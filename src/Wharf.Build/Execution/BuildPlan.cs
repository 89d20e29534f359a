using Wharf.Build.Checks;
using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>A request whose Dockerfile is read and judged, before anything is done.</summary>
internal sealed class BuildPlan
{
    private BuildPlan(BuildRequest request, StageList stages, BuildArguments arguments, CheckOptions options)
    {
        Request = request;
        Stages = stages;
        Arguments = arguments;
        Options = options;
    }

    public BuildRequest Request { get; }

    public StageList Stages { get; }

    public BuildArguments Arguments { get; }

    public CheckOptions Options { get; }

    /// <exception cref="WharfException">InvalidArgument for the file, NotImplemented for a frontend that is not ours.</exception>
    public static BuildPlan Of(BuildRequest request)
    {
        // A file for another frontend need not be a Dockerfile at all: that is said before anything else.
        string? given = request.Arguments.GetValueOrDefault("BUILDKIT_SYNTAX");
        CheckSyntax(request, given);
        var stages = StageList.Parse(request.Dockerfile, request.DockerfileName);
        var arguments = ArgumentsOf(request, stages, request.Arguments);
        string? check = arguments.Steering("BUILDKIT_DOCKERFILE_CHECK") ?? stages.Source.Directives.Check;
        try
        {
            return new BuildPlan(request, stages, arguments, CheckOptions.Parse(check));
        }
        catch (WharfException e)
        {
            throw DockerfileError.Located(DockerfileError.About(e, check!), stages.Source.Lines, request.DockerfileName, new SourceRange(1, Math.Max(1, stages.Source.Directives.LineCount)));
        }
    }

    public Stage Target => Stages.Target(Request.Target);

    /// <summary>The stages to run for a target, as far as the images that are here tell.</summary>
    /// <exception cref="WharfException">InvalidArgument with place and excerpt: a stage that cannot be copied from.</exception>
    public StageGraph Graph(IBuildImages images, Stage target)
    {
        try
        {
            return StageGraph.Of(Stages, target, BaseName, Request.NamedContexts.ContainsKey,
                stage => StageRunner.Triggers(TriggersOf(stage, images), stage, Stages.Source.Escape));
        }
        catch (WharfException e)
        {
            throw DockerfileError.Located(e, Stages.Source.Lines, Request.DockerfileName);
        }
    }

    // What a stage inherits from another one of the file is in the file; an image's is known if it is here.
    private IReadOnlyList<string> TriggersOf(Stage stage, IBuildImages images)
    {
        string name = BaseName(stage);
        return !Request.NamedContexts.ContainsKey(name) && Stages.FindByName(name, stage.Index) is { } parent
            ? [.. parent.Instructions.OfType<OnBuildInstruction>().Select(t => t.Trigger)]
            : images.Find(name)?.Config.Config?.OnBuild ?? [];
    }

    public string BaseName(Stage stage)
    {
        try
        {
            return StageRunner.BaseName(Stages, Arguments, stage);
        }
        catch (WharfException e)
        {
            throw DockerfileError.Located(e, Stages.Source.Lines, Request.DockerfileName, stage.From.Lines);
        }
    }

    /// <summary>The rules that the file breaks.</summary>
    public IReadOnlyList<CheckWarning> Check(IBuildImages images) => DockerfileChecks.Run(Stages, Options, new CheckSurroundings
    {
        Arguments = Arguments,
        Defaults = ArgumentsOf(Request, Stages, new Dictionary<string, string?>()),
        FindImage = name => ImageReference.TryParse(name, out _) ? images.Find(name) : null,
        Target = Request.Platform is { Length: > 0 } wanted ? Platform.Parse(wanted) : Platform.Host,
        Ignore = Request.Ignore,
    });

    private static void CheckSyntax(BuildRequest request, string? given)
    {
        var lines = request.Dockerfile.TrimStart('\ufeff').TrimEnd('\n').Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        try
        {
            SyntaxLevel.Check(given ?? Directives.Read(lines).Syntax);
        }
        catch (WharfException e)
        {
            throw DockerfileError.Located(e, lines, request.DockerfileName, new SourceRange(1, Math.Min(lines.Count, 10)));
        }
    }

    private static BuildArguments ArgumentsOf(BuildRequest request, StageList stages, IReadOnlyDictionary<string, string?> given)
    {
        var host = Platform.Host;
        var target = request.Platform is { Length: > 0 } wanted ? Platform.Parse(wanted) : host;
        var arguments = new BuildArguments(given, new Dictionary<string, string>
        {
            ["BUILDPLATFORM"] = host.ToString(),
            ["BUILDOS"] = host.Os,
            ["BUILDARCH"] = host.Architecture,
            ["BUILDVARIANT"] = host.Variant ?? "",
            ["TARGETPLATFORM"] = target.ToString(),
            ["TARGETOS"] = target.Os,
            ["TARGETARCH"] = target.Architecture,
            ["TARGETVARIANT"] = target.Variant ?? "",
            ["TARGETSTAGE"] = request.Target is { Length: > 0 } stage ? stage : stages.Stages[^1].Name ?? "default",
        });
        foreach (ArgInstruction global in stages.GlobalArguments)
        {
            arguments.DeclareGlobal(global, stages.Source.Escape);
        }

        return arguments;
    }
}
