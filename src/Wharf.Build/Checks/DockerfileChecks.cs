using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Checks;

/// <summary>What the checks know of the world around the file.</summary>
public sealed record CheckSurroundings
{
    /// <summary>The build's arguments with those declared before the first FROM.</summary>
    public required BuildArguments Arguments { get; init; }

    /// <summary>The same as if the build were given no arguments, to judge defaults.</summary>
    public required BuildArguments Defaults { get; init; }

    /// <summary>A base image that is here, or null: then nothing is said of its variables and platform.</summary>
    public Func<string, Execution.BuildImage?> FindImage { get; init; } = _ => null;

    /// <summary>Platform that the build is for.</summary>
    public Oci.Images.Platform Target { get; init; } = Oci.Images.Platform.Host;

    /// <summary>Rules of .dockerignore.</summary>
    public IgnorePatterns? Ignore { get; init; }
}

/// <summary>Checks a parsed Dockerfile by all rules.</summary>
public static class DockerfileChecks
{
    /// <summary>Broken rules in the order of the file; those that the file or the build leaves out are not among them.</summary>
    public static IReadOnlyList<CheckWarning> Run(StageList file, CheckOptions options, CheckSurroundings surroundings)
    {
        var sink = new CheckSink(file.Source, options);
        CheckCasing(file.Source, sink);
        foreach (int line in file.Source.EmptyContinuationLines)
        {
            sink.Add(BuildChecks.NoEmptyContinuation, new SourceRange(line, line), "Empty continuation line");
        }

        foreach (var argument in file.GlobalArguments)
        {
            VariableChecks.CheckArgument(argument, sink);
        }

        StageNameChecks.Run(file, sink);
        var variables = new VariableChecks(file, surroundings, sink);
        foreach (var stage in file.Stages)
        {
            variables.CheckFrom(stage);
            variables.CheckStage(stage);
            InstructionChecks.Run(stage, variables.InheritsShell(stage), surroundings, sink);
        }

        return sink.Sorted();
    }

    private static void CheckCasing(DockerfileSource source, CheckSink sink)
    {
        bool lower = source.Instructions.Count(i => Casing.IsLower(i.WrittenKeyword)) > source.Instructions.Count(i => Casing.IsUpper(i.WrittenKeyword));
        foreach (var instruction in source.Instructions.Where(i => lower ? !Casing.IsLower(i.WrittenKeyword) : !Casing.IsUpper(i.WrittenKeyword)))
        {
            sink.Add(BuildChecks.ConsistentInstructionCasing, instruction.Lines,
                $"Command '{instruction.WrittenKeyword}' should match the case of the command majority ({(lower ? "lowercase" : "uppercase")})", instruction.WrittenKeyword);
        }
    }
}
