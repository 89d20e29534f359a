namespace Wharf.Api.Containers;

/// <summary>The body of <c>POST /containers/create</c>: the configuration with what belongs to the host and to networks beside it.</summary>
public sealed record ContainerCreateRequest : ContainerConfig
{
    public HostConfig? HostConfig { get; set; }

    public NetworkingConfig? NetworkingConfig { get; set; }

    /// <summary>Until 1.51: the address on the network of the network mode. Since 1.44 it belongs to the endpoint.</summary>
    public string? MacAddress { get; set; }
}
