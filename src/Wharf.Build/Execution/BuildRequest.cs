using Wharf.Build.Attestations;
using Wharf.Build.Cache;
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

    /// <summary>Remove the containers of steps that succeeded.</summary>
    public bool Remove { get; init; } = true;

    /// <summary>Network of RUN steps that do not name one.</summary>
    public string Network { get; init; } = "default";

    public BuildLimits Limits { get; init; } = new();

    /// <summary>Images whose layers may stand for steps that would make the same (--cache-from). Naming one is trusting it.</summary>
    public IReadOnlyList<string> CacheFrom { get; init; } = [];

    /// <summary>Without any of <see cref="CacheFrom"/> at hand nothing is taken from the engine's own cache either, as users of Docker's classic builder expect.</summary>
    public bool CacheFromAlone { get; init; }

    /// <summary>Caches from elsewhere that the build may take steps of; null for none.</summary>
    public IBuildImports? Imports { get; init; }

    /// <summary>Say for each step that the cache did not have which input changed.</summary>
    public bool Explain { get; init; }

    /// <summary>Make one layer of all that the last stage adds to its base image.</summary>
    public bool Squash { get; init; }

    /// <summary>What the build may do beyond the sandbox: network.host, security.insecure, device.</summary>
    public IReadOnlySet<string> Entitlements { get; init; } = new HashSet<string>();

    /// <summary>Contexts by name (--build-context); they stand before stages and images of that name.</summary>
    public IReadOnlyDictionary<string, NamedContext> NamedContexts { get; init; } = new Dictionary<string, NamedContext>();

    /// <summary>Rules of .dockerignore, for the checks; <see cref="Context"/> obeys them by itself.</summary>
    public IgnorePatterns? Ignore { get; init; }

    /// <summary>Told what each step does, beside the classic text; null when nobody watches.</summary>
    public IBuildProgress? Progress { get; init; }

    /// <summary>Keep the containers of failed steps, for a look inside.</summary>
    public bool KeepFailed { get; init; }

    /// <summary>Secrets by id, for RUN --mount=type=secret; held in memory and on a file only while a step uses them.</summary>
    public IReadOnlyDictionary<string, byte[]> Secrets { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>For RUN --mount=type=ssh; null when the client lends no agent.</summary>
    public IBuildAgents? Agents { get; init; }

    /// <summary>The time of the image and of its history instead of now (<see cref="SourceEpoch"/>).</summary>
    public DateTimeOffset? Epoch { get; init; }

    /// <summary>Tells when what <see cref="Context"/> was fetched from was made; null for files of the client's.</summary>
    public Func<CancellationToken, Task<DateTimeOffset?>>? ContextTime { get; init; }

    /// <summary>Files that a step makes get no time later than <see cref="Epoch"/>.</summary>
    public bool RewriteTimestamps { get; init; }

    /// <summary>The client's id of the build; null when it has none.</summary>
    public string? BuildId { get; init; }

    public AttestationOptions Attestations { get; init; } = AttestationOptions.None;

    /// <summary>Provenance that whoever watches the build is told, whether it is attested or not; null for none.</summary>
    public ProvenanceOptions? ToldProvenance { get; init; }

    /// <summary>Annotations; what is attested is added when the image is there.</summary>
    public BuildDescription Description { get; init; } = new();

    /// <summary>Where the context came from, when it was not the client.</summary>
    public BuildMaterial? Source { get; init; }

    /// <summary>What the client tells of the version control of its folder: <c>source</c>, <c>revision</c>.</summary>
    public IReadOnlyDictionary<string, string> VersionControl { get; init; } = new Dictionary<string, string>();
}

/// <summary>What came out.</summary>
/// <param name="Image">The result.</param>
/// <param name="LastStep">Image of the target's last step, which the result is but for --squash.</param>
/// <param name="Steps">Steps of all stages that were run or found in the cache.</param>
public sealed record BuildResult(Digest Image, Digest LastStep, IReadOnlyCollection<BuildCacheEntry> Steps);
