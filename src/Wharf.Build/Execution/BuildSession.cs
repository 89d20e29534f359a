using Wharf.Build.Cache;
using Wharf.Build.Mounts;
using Wharf.Build.Stages;

namespace Wharf.Build.Execution;

/// <summary>What all stages of one build share.</summary>
internal sealed class BuildSession
{
    public required BuildRequest Request { get; init; }

    public required StageList Stages { get; init; }

    public required BuildArguments Arguments { get; init; }

    public required IBuildImages Images { get; init; }

    public required IBuildWorkspaces Workspaces { get; init; }

    public required IBuildCache Cache { get; init; }

    public required CacheMounts CacheMounts { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>A folder of this build alone, removed with everything in it at the end.</summary>
    public required string TemporaryFolder { get; init; }

    /// <summary>Running and finished stages by index.</summary>
    public Dictionary<int, Task<StageState>> Results { get; } = [];

    public string NewTemporaryPath() => Path.Combine(TemporaryFolder, Guid.NewGuid().ToString("N"));
}
