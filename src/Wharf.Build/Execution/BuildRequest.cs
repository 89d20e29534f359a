using Wharf.Build.Copying;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>A build as a client asks for it, its context already on disk.</summary>
public sealed record BuildRequest
{
    /// <summary>The text of the Dockerfile.</summary>
    public string Dockerfile { get; init; } = "";

    /// <summary>The name of the Dockerfile for messages.</summary>
    public string DockerfileName { get; init; } = "Dockerfile";

    /// <summary>The build context; null when there is none (a Dockerfile from standard input).</summary>
    public SourceTree? Context { get; init; }

    public IReadOnlyList<ImageReference> Tags { get; init; } = [];

    public string? Target { get; init; }

    public IReadOnlyDictionary<string, string?> Arguments { get; init; } = new Dictionary<string, string?>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string? Platform { get; init; }

    /// <summary>Look for a newer base image even if one is here.</summary>
    public bool Pull { get; init; }

    public bool NoCache { get; init; }

    /// <summary>Stages whose steps are always run (--no-cache-filter).</summary>
    public IReadOnlyList<string> NoCacheStages { get; init; } = [];

    /// <summary>Say that the containers of steps are removed; they are in any case.</summary>
    public bool Remove { get; init; } = true;

    /// <summary>Network of RUN steps that do not name one.</summary>
    public string Network { get; init; } = "default";

    public BuildLimits Limits { get; init; } = new();

    /// <summary>Secrets by id, for RUN --mount=type=secret; held in memory and on a file only while a step uses them.</summary>
    public IReadOnlyDictionary<string, byte[]> Secrets { get; init; } = new Dictionary<string, byte[]>();
}

/// <summary>What came out.</summary>
public sealed record BuildResult(Digest Image);
