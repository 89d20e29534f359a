using System.Net;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;
using Wharf.Primitives;

namespace Wharf.Network.Tests.Networks;

/// <summary>Which families a network and its containers have, and what that means for gateways and files.</summary>
public sealed class AddressFamilyTests
{
    private const string Four = "com.docker.network.enable_ipv4", Six = "com.docker.network.enable_ipv6";
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(null, null, false, true, "false", "true")]
    [InlineData(true, null, true, true, null, "true")]
    [InlineData(null, false, false, false, "false", null)]
    [InlineData(true, true, true, true, null, null)]
    public async Task Families_DefaultOptionsDecideWhatTheCreatorLeavesOpen(bool? askedFour, bool? askedSix, bool four, bool six, string? shownFour, string? shownSix)
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with
        {
            DriverOptions = [new NetworkDriverOption("bridge", Four, "false"), new NetworkDriverOption("bridge", Six, "true")],
        });

        NetworkConfig config = lab.Controller.WithFamilies(new NetworkConfig { Name = "n" }, askedFour, askedSix);
        NetworkRecord made = await lab.Controller.CreateNetworkAsync(config, None);

        Assert.Equal((four, six), (made.Config.EnableIPv4, made.Config.EnableIPv6));
        Assert.Equal((shownFour, shownSix), (made.Config.Options.GetValueOrDefault(Four), made.Config.Options.GetValueOrDefault(Six)));
    }

    [Fact]
    public async Task Families_AnOptionThatIsNoBoolean_IsRefused()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        var config = new NetworkConfig { Name = "n", Options = new Dictionary<string, string> { [Six] = "maybe" } };

        WharfException e = Assert.Throws<WharfException>(() => lab.Controller.WithFamilies(config, null, null));

        Assert.Equal($"driver-opt \"{Six}\" is not a valid bool", e.Message);
    }

    [Fact]
    public async Task Container_WithIPv6SwitchedOff_HasNoAddressAndNoLinesOfIt()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = "both", EnableIPv6 = true }, None);

        (Sandbox sandbox, _) = await lab.Start(NetworkLab.Container("old", "both") with { WithoutIPv6 = true });

        Assert.NotNull(sandbox.Endpoints[0].IPv4);
        Assert.Null(sandbox.Endpoints[0].IPv6);
        Assert.Null(sandbox.Endpoints[0].GatewayIPv6);
        Assert.DoesNotContain("::", sandbox.Hosts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_OfTheSecondIPv6Pool_HasThatPoolsGateway()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(
            new NetworkConfig { Name = "two", EnableIPv6 = true, Pools = [Pool("fd00:1::/64"), Pool("fd00:2::/64")] }, None);
        SandboxRequest request = NetworkLab.Container("c", "two");
        request = request with { Endpoints = [request.Endpoints[0] with { IPv6 = IPAddress.Parse("fd00:2::20") }] };

        (Sandbox sandbox, Machine inside) = await lab.Start(request);

        Assert.Equal("fd00:2::1", sandbox.Endpoints[0].GatewayIPv6!.ToString());
        Assert.Contains(inside.Route.ListRoutes(), r => r.PrefixLength == 0 && Equals(r.Gateway, IPAddress.Parse("fd00:2::1")));
    }

    [Theory]
    [InlineData("com.docker.network.bridge.inhibit_ipv4", "true")]
    [InlineData("com.docker.network.bridge.gateway_mode_ipv4", "isolated")]
    public async Task InternalNetworkWithoutGateway_GivesBothAddressesOfAPair(string option, string value)
    {
        await using NetworkLab lab = await NetworkLab.Create();
        NetworkRecord pair = await lab.Controller.CreateNetworkAsync(
            new NetworkConfig { Name = "pair", Internal = true, Pools = [Pool("10.44.0.0/31")], Options = new Dictionary<string, string> { [option] = value } }, None);

        (Sandbox one, Machine inside) = await lab.Start(NetworkLab.Container("one", "pair"));
        (Sandbox two, Machine other) = await lab.Start(NetworkLab.Container("two", "pair"));

        Assert.Null(pair.Config.Pools[0].Gateway);
        Assert.Equal(["10.44.0.0", "10.44.0.1"], new[] { one, two }.Select(s => s.Endpoints[0].IPv4!.Value.Address.ToString()).Order());
        inside.ServeTcp(IPAddress.Any, 80);
        Assert.NotNull(await other.AskTcp(one.Endpoints[0].IPv4!.Value.Address.ToString(), 80));
    }

    [Fact]
    public async Task Network_WithFramesTooSmallForIPv6_TakesContainers()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Controller.CreateNetworkAsync(
            new NetworkConfig { Name = "small", Options = new Dictionary<string, string> { ["com.docker.network.driver.mtu"] = "1000" } }, None);

        (_, Machine inside) = await lab.Start(NetworkLab.Container("c", "small"));

        Assert.Equal(1000, inside.Route.FindLink("eth0")!.Mtu);
    }

    private static IpamPool Pool(string subnet) => new() { Subnet = Subnet.Parse(subnet) };
}
