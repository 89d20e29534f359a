using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Pools;
using Wharf.Primitives;

namespace Wharf.Network.Tests.Pools;

public sealed class AddressPoolTests
{
    private static AddressPool Pool(string subnet, string gateway = "10.0.0.1", string? range = null) => new(new IpamPool
    {
        Subnet = Subnet.Parse(subnet),
        Gateway = IPAddress.Parse(gateway),
        Range = range is null ? default : Subnet.Parse(range),
        Auxiliary = new Dictionary<string, IPAddress> { ["printer"] = IPAddress.Parse("10.0.0.3") },
    });

    [Fact]
    public void Allocate_GoesOnAfterARelease_AndComesRoundAtTheEnd()
    {
        AddressPool pool = Pool("10.0.0.0/29");

        Assert.Equal("10.0.0.2", pool.Allocate("a")!.ToString());
        Assert.Equal("10.0.0.4", pool.Allocate("b")!.ToString());
        pool.Release(IPAddress.Parse("10.0.0.2"), "a");
        Assert.Equal("10.0.0.5", pool.Allocate("c")!.ToString());
        Assert.Equal("10.0.0.6", pool.Allocate("d")!.ToString());
        Assert.Equal("10.0.0.2", pool.Allocate("e")!.ToString());
        Assert.Null(pool.Allocate("f"));
    }

    [Fact]
    public void Allocate_WithARange_StaysInside()
    {
        AddressPool pool = Pool("10.0.0.0/24", range: "10.0.0.128/30");

        Assert.Equal(["10.0.0.128", "10.0.0.129", "10.0.0.130", "10.0.0.131"], Enumerable.Range(0, 4).Select(i => pool.Allocate("c" + i)!.ToString()));
        Assert.Null(pool.Allocate("x"));
        pool.Take(IPAddress.Parse("10.0.0.7"));
    }

    [Fact]
    public void Take_WhatIsTaken_IsRefused()
    {
        AddressPool pool = Pool("10.0.0.0/24");
        foreach (string address in new[] { "10.0.0.0", "10.0.0.1", "10.0.0.3", "10.0.0.255" })
        {
            Assert.Equal("Address already in use", Assert.Throws<WharfException>(() => pool.Take(IPAddress.Parse(address))).Message);
        }
    }

    [Fact]
    public void Allocate_InAnyOrderOfCalls_NeverGivesOneAddressTwice()
    {
        Prop.ForAll<int[]>(steps =>
        {
            AddressPool pool = Pool("10.0.0.0/28");
            Dictionary<string, IPAddress> held = [];
            foreach (int step in steps)
            {
                string owner = "c" + (Math.Abs((long)step) % 7);
                if (held.Remove(owner, out IPAddress? address))
                {
                    pool.Release(address, owner);
                }
                else if (pool.Allocate(owner) is not { } given || held.ContainsValue(given) || !pool.Subnet.Contains(given))
                {
                    return false;
                }
                else
                {
                    held[owner] = given;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void DefaultPools_AreDockers_AndNeverOverlapWhatIsInUse()
    {
        List<Subnet> used = [];
        for (int i = 0; i < 31; i++)
        {
            Subnet next = SubnetChooser.Choose(SubnetChooser.Defaults, false, used, []);
            Assert.DoesNotContain(used, u => u.Overlaps(next));
            used.Add(next);
        }

        Assert.Equal("172.17.0.0/16", used[0].ToString());
        Assert.Equal("172.31.0.0/16", used[14].ToString());
        Assert.Equal("192.168.0.0/20", used[15].ToString());
        Assert.Equal("192.168.240.0/20", used[30].ToString());
        WharfException e = Assert.Throws<WharfException>(() => SubnetChooser.Choose(SubnetChooser.Defaults, false, used, []));
        Assert.StartsWith("could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultPools_UnderAWideRoute_AreSkippedAtOnce()
    {
        Assert.Equal("192.168.0.0/20", SubnetChooser.Choose(SubnetChooser.Defaults, false, [], [Subnet.Parse("172.16.0.0/12")]).ToString());
        Subnet ula = SubnetChooser.Choose(SubnetChooser.Defaults, true, [], []);
        Assert.True(ula.IsIPv6 && ula.PrefixLength == 64 && Subnet.Parse("fd00::/8").Contains(ula));
    }

    [Theory]
    [InlineData("10.1.0.0/16", "10.2.0.0/24", null, "doesn't contain ip-range")]
    [InlineData("10.1.0.0/16", null, "10.2.0.1", "invalid gateway 10.2.0.1")]
    [InlineData("10.1.0.0/16", "10.0.0.0/8", null, "invalid ip-range 10.0.0.0/8: CIDR block is bigger than its parent subnet 10.1.0.0/16")]
    [InlineData("10.1.0.0/16", "2001:db8::/32", null, "invalid ip-range 2001:db8::/32: parent subnet is an IPv4 block")]
    [InlineData("10.1.0.0/16", null, "2001:db8::1", "invalid gateway 2001:db8::1: parent subnet is an IPv4 block")]
    [InlineData("0.0.0.0/24", null, "10.1.0.1", "need a subnet")]
    [InlineData("10.1.0.0/32", null, null, "no room")]
    public void Planner_WithPartsThatDoNotFit_NamesThem(string subnet, string? range, string? gateway, string words)
    {
        var config = new NetworkConfig
        {
            Name = "n",
            Pools = [new IpamPool { Subnet = Subnet.Parse(subnet), Range = range is null ? default : Subnet.Parse(range), Gateway = gateway is null ? null : IPAddress.Parse(gateway) }],
        };

        WharfException e = Assert.Throws<WharfException>(() => new PoolPlanner([], [], []).Complete(config, _ => true));

        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Planner_WithAnOverlap_RefusesAsDocker()
    {
        var config = new NetworkConfig { Name = "n", Pools = [new IpamPool { Subnet = Subnet.Parse("10.1.0.0/16") }] };

        WharfException e = Assert.Throws<WharfException>(() => new PoolPlanner([], [Subnet.Parse("10.0.0.0/8")], []).Complete(config, _ => true));

        Assert.Equal("invalid pool request: Pool overlaps with other one on this address space", e.Message);
    }

    [Theory]
    [InlineData("0.0.0.0/24", false, "172.17.0.0/24")]
    [InlineData("0.0.0.0/14", false, "172.20.0.0/14")]
    [InlineData("::/80", true, "/80")]
    public void Planner_AskedForASizeAlone_ChoosesARangeOfThatSize(string asked, bool ipv6, string expected)
    {
        var config = new NetworkConfig { Name = "n", EnableIPv4 = !ipv6, EnableIPv6 = ipv6, Pools = [new IpamPool { Subnet = Subnet.Parse(asked) }] };

        IpamPool pool = Assert.Single(new PoolPlanner([], [], []).Complete(config, _ => true));

        Assert.EndsWith(expected, pool.Subnet.ToString(), StringComparison.Ordinal);
        Assert.False(pool.Subnet.IsUnspecified);
        Assert.True(pool.Subnet.Contains(pool.Gateway!));
    }

    [Fact]
    public void Planner_WithARangeOfAFamilyThatIsOff_LeavesItOut()
    {
        var config = new NetworkConfig { Name = "n", EnableIPv4 = true, Pools = [new IpamPool { Subnet = Subnet.Parse("2001:db8::/64"), Range = Subnet.Parse("10.0.0.0/8") }] };

        Assert.Equal("172.17.0.0/16", Assert.Single(new PoolPlanner([], [], []).Complete(config, _ => true)).Subnet.ToString());
    }
}
