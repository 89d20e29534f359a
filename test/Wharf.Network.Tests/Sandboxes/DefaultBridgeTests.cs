using System.Net;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Sandboxes;

public sealed class DefaultBridgeTests
{
    [Fact]
    public async Task Container_OnDefaultBridge_GetsAddressGatewayAndMac()
    {
        await using NetworkLab lab = await NetworkLab.Create();

        (Sandbox sandbox, Machine inside) = await lab.Start(NetworkLab.Container("web"));

        Endpoint endpoint = Assert.Single(sandbox.Endpoints);
        Assert.Equal("172.17.0.2/16", endpoint.IPv4.ToString());
        Assert.Equal("172.17.0.1", endpoint.Gateway!.ToString());
        Assert.Equal("02:42:ac:11:00:02", endpoint.Mac.ToString());
        Assert.Equal("eth0", endpoint.Interface);
        var link = inside.Route.FindLink("eth0")!;
        Assert.True(link.Up);
        Assert.Equal(endpoint.Mac.ToBytes(), link.Address);
        Assert.Contains(inside.Route.ListRoutes(), r => r.PrefixLength == 0 && endpoint.Gateway.Equals(r.Gateway));
        Assert.True(inside.Route.FindLink("lo")!.Up);
    }

    [Fact]
    public async Task PublishedPort_FromOutsideNamespace_AnswersAndShowsTheClient()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80", "5353:53/udp"));
        inside.ServeTcp(IPAddress.Any, 80);
        inside.ServeUdp(IPAddress.Any, 53);

        Assert.Equal(NetworkLab.OutsideAddress, await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080));
        Assert.Equal(NetworkLab.OutsideAddress, await lab.Outside.AskUdp(NetworkLab.HostAddress, 5353));
    }

    [Fact]
    public async Task PublishedPort_FromTheHostItself_AnswersOnEveryAddress()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80"));
        inside.ServeTcp(IPAddress.Any, 80);

        Assert.Equal("172.17.0.1", await lab.Host.AskTcp("127.0.0.1", 8080));
        Assert.NotNull(await lab.Host.AskTcp(NetworkLab.HostAddress, 8080));
        Assert.NotNull(await lab.Host.AskTcp("172.17.0.1", 8080));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task PublishedPort_FromContainersThroughTheHost_Answers(string bridgeCallsIptables)
    {
        await using NetworkLab lab = await NetworkLab.Create();
        lab.SetBridgeCallsIptables(bridgeCallsIptables);
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80"));
        (_, Machine other) = await lab.Start(NetworkLab.Container("other"));
        inside.ServeTcp(IPAddress.Any, 80);

        Assert.NotNull(await other.AskTcp(NetworkLab.HostAddress, 8080));
        Assert.NotNull(await other.AskTcp("172.17.0.1", 8080));
        Assert.NotNull(await inside.AskTcp(NetworkLab.HostAddress, 8080));
        Assert.Equal("172.17.0.3", await other.AskTcp("172.17.0.2", 80));
    }

    [Fact]
    public async Task Container_ToOutside_IsMasqueraded()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        lab.Outside.ServeTcp(IPAddress.Any, 99);
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web"));

        Assert.Equal(NetworkLab.HostAddress, await inside.AskTcp(NetworkLab.OutsideAddress, 99));
    }

    [Fact]
    public async Task ContainerPort_FromOutsideByItsOwnAddress_IsDropped()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80"));
        inside.ServeTcp(IPAddress.Any, 80);
        inside.ServeTcp(IPAddress.Any, 81);

        Assert.Null(await lab.Outside.AskTcp("172.17.0.2", 81, Machine.Silence));
        Assert.Null(await lab.Outside.AskTcp("172.17.0.2", 80, Machine.Silence));
        Assert.NotNull(await lab.Host.AskTcp("172.17.0.2", 81));
    }

    [Fact]
    public async Task Release_EndsThePublishedPortAtOnce()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        (Sandbox sandbox, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80"));
        inside.ServeTcp(IPAddress.Any, 80);
        Assert.NotNull(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080));

        await lab.Controller.ReleaseAsync(sandbox.ContainerId, CancellationToken.None);

        Assert.Null(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080, Machine.Silence));
        Assert.Null(lab.Controller.FindSandbox(sandbox.ContainerId));
    }
}
