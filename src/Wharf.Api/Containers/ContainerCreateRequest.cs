namespace Wharf.Api.Containers;

/// <summary>The body of <c>POST /containers/create</c>: the configuration with what belongs to the host and to networks beside it.</summary>
public sealed class ContainerCreateRequest : ContainerConfig
{
    public HostConfig? HostConfig { get; set; }

    public NetworkingConfig? NetworkingConfig { get; set; }
}
