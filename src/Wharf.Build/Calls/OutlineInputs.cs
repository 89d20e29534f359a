using Wharf.Build.Dockerfile;
using Wharf.Build.Stages;

namespace Wharf.Build.Calls;

/// <summary>What the stages that a target needs take from outside: arguments, secrets, agents and cache mounts.</summary>
/// <param name="Arguments">Those of the stages, and those before the first FROM that a FROM uses, itself or through another; in the order of the file.</param>
/// <param name="Secrets">Of RUN --mount=type=secret.</param>
/// <param name="Agents">Of RUN --mount=type=ssh.</param>
/// <param name="Caches">Ids of cache mounts.</param>
internal sealed record OutlineInputs(
    IReadOnlyList<OutlineArgument> Arguments, IReadOnlyList<OutlineMount> Secrets, IReadOnlyList<OutlineMount> Agents, IReadOnlyList<string> Caches)
{
    /// <param name="file">The file.</param>
    /// <param name="graph">The stages that the target needs.</param>
    /// <param name="arguments">The build's arguments, those before the first FROM declared.</param>
    public static OutlineInputs Of(StageList file, StageGraph graph, BuildArguments arguments) => new OutlineReader(file, arguments).Read(graph);
}

/// <param name="Name">Of the argument.</param>
/// <param name="Value">Given, or by default; null for none.</param>
/// <param name="Description">From the comment above it.</param>
/// <param name="Lines">Where it is declared.</param>
internal sealed record OutlineArgument(string Name, string? Value, string Description, SourceRange Lines);

/// <param name="Name">The mount's id.</param>
/// <param name="Required">By at least one RUN.</param>
/// <param name="Lines">The first RUN.</param>
internal sealed record OutlineMount(string Name, bool Required, SourceRange Lines);
