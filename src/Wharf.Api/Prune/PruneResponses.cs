using System.Text.Json.Serialization;
using Wharf.Api.Images;

namespace Wharf.Api.Prune;

/// <summary>The answer of <c>POST /containers/prune</c>. Docker writes null for an empty list, and so is it here.</summary>
public sealed class ContainerPruneResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? ContainersDeleted { get; set; }

    public long SpaceReclaimed { get; set; }
}

/// <summary>The answer of <c>POST /images/prune</c>.</summary>
public sealed class ImagePruneResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<ImageDeleteResponseItem>? ImagesDeleted { get; set; }

    public long SpaceReclaimed { get; set; }
}

/// <summary>The answer of <c>POST /volumes/prune</c>.</summary>
public sealed class VolumePruneResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? VolumesDeleted { get; set; }

    public long SpaceReclaimed { get; set; }
}

/// <summary>The answer of <c>POST /networks/prune</c>.</summary>
public sealed class NetworkPruneResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? NetworksDeleted { get; set; }
}

/// <summary>The answer of <c>POST /build/prune</c>.</summary>
public sealed class BuildPruneResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? CachesDeleted { get; set; }

    public long SpaceReclaimed { get; set; }
}
