using Wharf.Api.Containers;
using Wharf.Api.Networks;
using Wharf.Api.Server.Containers;
using Wharf.Api.Versions;
using Wharf.Primitives;

namespace Wharf.Api.Server.Tests.Contract;

public sealed class ContainerCreateVersionsTests
{
    [Fact]
    public void Adapt_OldClient_GetsTheDefaultsOfItsTime()
    {
        var request = new ContainerCreateRequest { HostConfig = new HostConfig { AutoRemove = true, Annotations = new() { ["a"] = "b" }, PidsLimit = -1 } };
        Assert.Empty(ContainerCreateVersions.Adapt(request, new ApiVersion(1, 24)));
        Assert.Equal("shareable", request.HostConfig.IpcMode);
        Assert.False(request.HostConfig.AutoRemove);
        Assert.Null(request.HostConfig.Annotations);
        Assert.Null(request.HostConfig.PidsLimit);
    }

    [Fact]
    public void Adapt_ManyNetworksBefore144_AreRefused()
    {
        var request = new ContainerCreateRequest { NetworkingConfig = new NetworkingConfig { EndpointsConfig = new() { ["n1"] = new(), ["n2"] = new() } } };
        var error = Assert.Throws<WharfException>(() => ContainerCreateVersions.Adapt(request, new ApiVersion(1, 43)));
        Assert.Equal("Container cannot be created with multiple network endpoints: n1, n2", error.Message);
        Assert.Empty(ContainerCreateVersions.Adapt(request, new ApiVersion(1, 44)));
    }

    [Fact]
    public void Adapt_ContainerWideMacAddress_MovesToTheMainNetworkWithAWarning()
    {
        var request = new ContainerCreateRequest { MacAddress = "02:42:ac:11:00:42" };
        Assert.Contains("deprecated", Assert.Single(ContainerCreateVersions.Adapt(request, new ApiVersion(1, 47))), StringComparison.Ordinal);
        Assert.Equal("02:42:ac:11:00:42", request.NetworkingConfig!.EndpointsConfig!["default"]!.MacAddress);
        Assert.Throws<WharfException>(() => ContainerCreateVersions.Adapt(new ContainerCreateRequest { MacAddress = "02:42:ac:11:00:42" }, ApiVersion.Newest));
    }

    [Fact]
    public void Adapt_SysctlOfAnInterface_MovesToTheEndpoint()
    {
        var request = new ContainerCreateRequest { HostConfig = new HostConfig { Sysctls = new() { ["net.ipv4.conf.eth0.log_martians"] = "1", ["net.core.somaxconn"] = "99" } } };
        Assert.Single(ContainerCreateVersions.Adapt(request, new ApiVersion(1, 46)));
        Assert.Equal(["net.core.somaxconn"], request.HostConfig.Sysctls.Keys);
        Assert.Equal("net.ipv4.conf.IFNAME.log_martians=1", request.NetworkingConfig!.EndpointsConfig!["default"]!.DriverOpts!["com.docker.network.endpoint.sysctls"]);
    }
}
