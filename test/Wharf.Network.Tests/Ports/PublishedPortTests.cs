using System.Net;
using System.Net.Sockets;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;
using Wharf.Primitives;

namespace Wharf.Network.Tests.Ports;

public sealed class PublishedPortTests
{
    [Theory]
    [InlineData("8080:80", "8080:80", "0.0.0.0:8080")]
    [InlineData("8080:80", "127.0.0.1:8080:80", "127.0.0.1:8080")]
    [InlineData("127.0.0.1:8080:80", "8080:81", "0.0.0.0:8080")]
    [InlineData("5353:53/udp", "5353:53/udp", "0.0.0.0:5353")]
    public async Task Publish_APortOfAnotherContainer_IsRefused(string first, string second, string named)
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await lab.Start(NetworkLab.Container("one", "bridge", first));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Start(NetworkLab.Container("two", "bridge", second)));

        Assert.Matches($"^driver failed programming external connectivity on endpoint two \\([0-9a-f]{{64}}\\): Bind for {named.Replace(".", "\\.")} failed: port is already allocated$", e.Message);
        Assert.Single(lab.Controller.GetMembers(lab.Controller.GetNetwork("bridge").Id));
    }

    [Fact]
    public async Task Publish_TheSamePortByTheOtherProtocolOrAddress_Works()
    {
        await using NetworkLab lab = await NetworkLab.Create();

        await lab.Start(NetworkLab.Container("one", "bridge", "127.0.0.1:53:53"));
        await lab.Start(NetworkLab.Container("two", "bridge", "53:53/udp", $"{NetworkLab.HostAddress}:53:53"));
    }

    [Fact]
    public async Task Publish_APortOfAHostProcess_IsRefusedAndLeavesNothing()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Any, 8080));
        taken.Listen();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Start(NetworkLab.Container("web", "bridge", "9090:90", "8080:80")));

        Assert.EndsWith(": failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use", e.Message, StringComparison.Ordinal);
        taken.Dispose();
        await lab.Start(NetworkLab.Container("web", "bridge", "9090:90", "8080:80"));
    }

    [Fact]
    public async Task Publish_OnAnAddressTheHostDoesNotHave_IsRefused()
    {
        await using NetworkLab lab = await NetworkLab.Create();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Start(NetworkLab.Container("web", "bridge", "192.0.2.1:8080:80")));

        Assert.EndsWith("cannot assign requested address", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8080:80", ProtocolType.Tcp)]
    [InlineData("8080:80/udp", ProtocolType.Udp)]
    public async Task HeldPort_KeepsHostProcessesOut_UntilTheContainerGoes(string port, ProtocolType protocol)
    {
        await using NetworkLab lab = await NetworkLab.Create();
        (Sandbox web, _) = await lab.Start(NetworkLab.Container("web", "bridge", port));

        void Take()
        {
            using var squatter = new Socket(AddressFamily.InterNetwork, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol);
            if (protocol == ProtocolType.Tcp)
            {
                squatter.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, 1);
            }

            squatter.Bind(new IPEndPoint(IPAddress.Any, 8080));
            if (protocol == ProtocolType.Tcp)
            {
                squatter.Listen();
            }
        }

        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(Take).SocketErrorCode);
        await lab.Controller.ReleaseAsync(web.ContainerId, CancellationToken.None);
        Take();
    }

    [Fact]
    public async Task Publish_OnAnyPort_TakesTheEphemeralRangeInTurn()
    {
        await using NetworkLab lab = await NetworkLab.Create();

        (Sandbox one, _) = await lab.Start(NetworkLab.Container("one", "bridge", "80"));
        (Sandbox two, _) = await lab.Start(NetworkLab.Container("two", "bridge", "80"));

        Assert.InRange(one.Ports[0].HostPort, (ushort)32768, (ushort)60999);
        Assert.NotEqual(one.Ports[0].HostPort, two.Ports[0].HostPort);
    }

    [Fact]
    public async Task Publish_OnARange_TakesTheFirstFreeOne()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        PortRequest range = NetworkLab.Port("9000:80") with { HostPortEnd = 9001 };
        SandboxRequest Request(string name) => NetworkLab.Container(name) with { Ports = [range] };

        Assert.Equal(9000, (await lab.Start(Request("a"))).Sandbox.Ports[0].HostPort);
        Assert.Equal(9001, (await lab.Start(Request("b"))).Sandbox.Ports[0].HostPort);
        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Start(Request("c")));
        Assert.EndsWith("all ports are allocated", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoopbackPort_IsReachedByTheHostOnly()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "127.0.0.1:8080:80"));
        (_, Machine neighbour) = await lab.Start(NetworkLab.Container("neighbour"));
        inside.ServeTcp(IPAddress.Any, 80);
        lab.Host.ServeTcp(IPAddress.Loopback, 7000);

        Assert.NotNull(await lab.Host.AskTcp("127.0.0.1", 8080));
        Assert.Null(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080, Machine.Silence));

        // A neighbour who sends the host's loopback addresses over the wire, from outside and from a container.
        foreach ((Machine attacker, string through) in new[] { (lab.Outside, NetworkLab.HostAddress), (neighbour, "172.17.0.1") })
        {
            attacker.Inside(() => NetworkSysctl("net/ipv4/conf/all/route_localnet", "1") | NetworkSysctl("net/ipv4/conf/eth0/route_localnet", "1"));
            attacker.Route.DeleteAddress(1, IPAddress.Loopback, 8);
            attacker.Route.ReplaceRoute(IPAddress.Parse("127.0.0.0"), 8, IPAddress.Parse(through), 0).ThrowIfError("route");
            Assert.Null(await attacker.AskTcp("127.0.0.1", 8080, Machine.Silence));
            Assert.Null(await attacker.AskTcp("127.0.0.1", 7000, Machine.Silence));
        }
    }

    [Fact]
    public async Task IPv6OfTheHost_LeadsToAContainerWithoutIPv6()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        (Sandbox web, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80", "[::1]:8081:80", "5353:53/udp"));
        inside.ServeTcp(IPAddress.Any, 80);
        inside.ServeUdp(IPAddress.Any, 53);

        Assert.Equal(["0.0.0.0:8080", "[::]:8080", "[::1]:8081", "0.0.0.0:5353", "[::]:5353"], web.Ports.Select(p => new IPEndPoint(p.HostAddress, p.HostPort).ToString()));
        Assert.Equal("172.17.0.1", await lab.Host.AskTcp("::1", 8080));
        Assert.Equal("172.17.0.1", await lab.Host.AskTcp("::1", 8081));
        Assert.Equal("172.17.0.1", await lab.Host.AskUdp("::1", 5353));
        await lab.Controller.ReleaseAsync(web.ContainerId, CancellationToken.None);
        Assert.Null(await lab.Host.AskTcp("::1", 8080));
    }

    [Fact]
    public async Task Sctp_IsPublishedInTheFirewall()
    {
        await using NetworkLab lab = await NetworkLab.Create();

        (Sandbox web, _) = await lab.Start(NetworkLab.Container("web", "bridge", "7000:7000/sctp"));

        Assert.Equal(new ContainerPort(7000, TransportProtocol.Sctp), web.Ports[0].Port);
        Assert.Contains("sctp . 7000 : 172.17.0.2 . 7000", lab.Nft("list", "map", "inet", "wharf", "published4"), StringComparison.Ordinal);
    }

    private static int NetworkSysctl(string name, string value) => (int)Wharf.Linux.Netlink.NetworkNamespace.SetSysctl(name, value);
}
