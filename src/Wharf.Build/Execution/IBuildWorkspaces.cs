using Microsoft.Win32.SafeHandles;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Writable root file systems for steps, and processes in them; the engine gives them.</summary>
public interface IBuildWorkspaces
{
    /// <summary>A fresh writable root on top of an image (empty id: nothing), for steps that only copy.</summary>
    Task<IBuildWorkspace> OpenAsync(Digest image, CancellationToken ct);

    /// <summary>The files of an image, to copy from.</summary>
    Task<IBuildWorkspace> OpenReadOnlyAsync(Digest image, CancellationToken ct);

    /// <summary>A folder in memory, for what must not reach a disk. Nobody but the engine may look into it.</summary>
    IBuildMemory OpenMemory();

    /// <summary>Whether the host has a device of this qualified CDI name.</summary>
    bool HasDevice(string name);

    /// <summary>A container that will run one command on top of an image.</summary>
    Task<IBuildContainer> CreateContainerAsync(BuildProcess process, CancellationToken ct);
}

/// <summary>A root file system that goes away when disposed, unless it was committed.</summary>
public interface IBuildWorkspace : IAsyncDisposable
{
    string Id { get; }

    SafeFileHandle Root { get; }

    /// <summary>The writable layer itself, where the root is an overlay; null elsewhere.</summary>
    SafeFileHandle? Layer { get; }
}

/// <summary>A folder in memory; it is gone with all that is in it when disposed.</summary>
public interface IBuildMemory : IDisposable
{
    /// <summary>On the host.</summary>
    string Path { get; }
}

/// <summary>The container of a RUN step.</summary>
public interface IBuildContainer : IAsyncDisposable
{
    /// <summary>Full container id; the step's files are committed under it.</summary>
    string Id { get; }

    /// <summary>The root of the container's files once it has ended, for reading and writing.</summary>
    SafeFileHandle OpenRoot();

    /// <summary>Runs to the end, giving output as it comes, and returns the exit code. Cancelling kills it.</summary>
    Task<int> RunAsync(Action<ReadOnlyMemory<byte>, bool> output, CancellationToken ct);
}

/// <summary>One command of a build.</summary>
public sealed record BuildProcess
{
    public required Digest Image { get; init; }

    /// <summary>The stage's configuration: user, working directory, volumes.</summary>
    public required RunConfig Config { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Environment of the process that must not be written down anywhere.</summary>
    public IReadOnlyList<string> SecretEnvironment { get; init; } = [];

    /// <summary>default, none, host or a network's name.</summary>
    public string Network { get; init; } = "default";

    public bool Privileged { get; init; }

    /// <summary>Null for the engine's own choice.</summary>
    public string? Hostname { get; init; }

    /// <summary>CDI names.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    public IReadOnlyList<BuildMount> Mounts { get; init; } = [];

    public BuildLimits Limits { get; init; } = new();
}

/// <summary>A mount of RUN --mount, resolved: a host path that is bound, the files of an image, or a tmpfs.</summary>
/// <param name="Target">Absolute in the container.</param>
/// <param name="HostPath">Null for a tmpfs and for an image.</param>
public sealed record BuildMount(string Target, string? HostPath, bool ReadOnly, long TmpfsSize = 0)
{
    /// <summary>Empty unless its files are what is mounted, which nobody can write to.</summary>
    public Digest Image { get; init; }

    /// <summary>The part of the image, relative and without links in it; empty for all of it.</summary>
    public string ImagePath { get; init; } = "";
}

/// <summary>Limits for the containers of a build, from the request; 0 or null for none.</summary>
public sealed record BuildLimits
{
    public long Memory { get; init; }

    public long MemorySwap { get; init; }

    public long CpuShares { get; init; }

    public long CpuPeriod { get; init; }

    public long CpuQuota { get; init; }

    public string? CpusetCpus { get; init; }

    public string? CpusetMems { get; init; }

    public string? CgroupParent { get; init; }

    public long ShmSize { get; init; }

    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    public IReadOnlyList<(string Name, long Soft, long Hard)> Ulimits { get; init; } = [];

    public IReadOnlyList<string> SecurityOptions { get; init; } = [];
}
