using Wharf.Api.Containers;
using Wharf.Api.Networks;
using Wharf.Network.Sandboxes;

namespace Wharf.Engine.Containers;

/// <summary>Everything there is to know of a container. Immutable: readers hold one and never wait; the actor swaps in the next.</summary>
internal sealed record ContainerRecord
{
    public required ContainerDefinition Definition { get; init; }

    public RunState State { get; init; } = new();

    /// <summary>The network as it is; null when none is allocated.</summary>
    public Sandbox? Sandbox { get; init; }

    public string Id => Definition.Id;

    public string Name => Definition.Name;

    public ContainerConfig Config => Definition.Config;

    public HostConfig HostConfig => Definition.HostConfig;
}

/// <summary>What was asked for, and what create decided. The API's records inside are never changed after they are in here: a change is a copy.</summary>
internal sealed record ContainerDefinition
{
    public required string Id { get; init; }

    /// <summary>Without the slash.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>The image's id with its algorithm; empty for none.</summary>
    public required string ImageId { get; init; }

    /// <summary><c>os/arch</c> as inspect's Platform shows: the system alone.</summary>
    public string Platform { get; init; } = "linux";

    public required ContainerConfig Config { get; init; }

    public required HostConfig HostConfig { get; init; }

    /// <summary>Endpoints by network name, as asked for; addresses in use are in the sandbox.</summary>
    public Dictionary<string, EndpointSettings> Networks { get; init; } = [];

    public List<ContainerMount> Mounts { get; init; } = [];

    /// <summary>The snapshot driver that holds its files.</summary>
    public required string Driver { get; init; }

    /// <summary>Ports that PublishAllPorts and ephemeral bindings got stay with a running container only; they are in the sandbox.</summary>
    public string LogPath { get; init; } = "";
}

/// <summary>A mount that create resolved: what inspect's Mounts shows and what a start mounts.</summary>
internal sealed record ContainerMount
{
    /// <summary>bind, volume, tmpfs or image.</summary>
    public required string Type { get; init; }

    /// <summary>The volume's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Host path of a bind; image reference of an image mount; empty for volumes, whose path the volume knows.</summary>
    public string Source { get; init; } = "";

    public required string Destination { get; init; }

    public string Driver { get; init; } = "";

    /// <summary>Mode words as given with -v.</summary>
    public string Mode { get; init; } = "";

    public bool ReadOnly { get; init; }

    public string Propagation { get; init; } = "";

    /// <summary>Part of the volume or image to mount.</summary>
    public string Subpath { get; init; } = "";

    /// <summary>The empty writable layer over an image mount, known to the image store like a container.</summary>
    public string LayerId { get; init; } = "";

    /// <summary>The image of an image mount, which is in use as long as the container is there.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>A name that create made up: goes with <c>rm -v</c>.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Do not fill an empty volume from the image.</summary>
    public bool NoCopy { get; init; }

    /// <summary>A bind's missing source becomes a directory (-v does so, --mount only on request).</summary>
    public bool CreateSource { get; init; }

    /// <summary>A bind without what is mounted below its source.</summary>
    public bool NonRecursive { get; init; }

    public bool ReadOnlyNonRecursive { get; init; }

    public bool ReadOnlyForceRecursive { get; init; }

    /// <summary>Options of a tmpfs, in mount(8)'s words.</summary>
    public List<string> TmpfsOptions { get; init; } = [];
}
