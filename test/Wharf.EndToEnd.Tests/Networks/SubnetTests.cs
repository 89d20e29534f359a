using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Networks;

/// <summary>The ranges that users give with a network.</summary>
public sealed class SubnetTests(SharedEngine shared) : EngineTest(shared)
{
    private readonly string _network = "n" + Guid.NewGuid().ToString("N")[..10];

    [Theory, MemberData(nameof(Clients))]
    public void Create_WithHostBits_IsToldTheRangeThatItMeans(Client client) =>
        Run(client, "network", "create", "--subnet", "192.168.157.9/24", _network).Fails(1, "invalid subnet 192.168.157.9/24: it should be 192.168.157.0/24");

    [Theory, MemberData(nameof(Clients))]
    public void Create_WithASizeAlone_FindsARangeOfThatSize(Client client)
    {
        Run(client, "network", "create", "--ipv6", "--subnet", "0.0.0.0/27", "--subnet", "::/72", _network).Ok();
        string[] subnets = Run(client, "network", "inspect", "-f", "{{range .IPAM.Config}}{{.Subnet}} {{end}}", _network).Ok().Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, subnets.Length);
        Assert.EndsWith("/27", subnets[0], StringComparison.Ordinal);
        Assert.EndsWith("/72", subnets[1], StringComparison.Ordinal);
        Run(client, "run", "--rm", "--network", _network, "busybox", "true").Ok();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_WithAHardwareAddressInSomebodyElsesNetwork_IsRefused(Client client)
    {
        foreach (string network in new[] { "host", "container:nosuch" })
        {
            Run(client, "run", "--rm", "--net", network, "--mac-address", "92:d0:c6:0a:29:33", "busybox", "true")
                .Fails(125, "conflicting options: mac-address and the network mode");
        }
    }

    protected override void Clean() => Run(Client.Docker, "network", "rm", "-f", _network);
}
