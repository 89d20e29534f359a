using Wharf.Api.Networks;
using Wharf.Engine.Networks;
using Wharf.Network.Networks;
using Wharf.Primitives;

namespace Wharf.Engine.Tests.Networks;

public sealed class PoolRequestTests
{
    [Fact]
    public void Read_WithMistakesInSeveralParts_NamesThemAll()
    {
        IpamConfig[] requests =
        [
            new() { Subnet = "foobar" },
            new() { Subnet = "10.1.2.3/16", IPRange = "10.1.9.9/24", Gateway = "1001.10.5.3", AuxiliaryAddresses = new() { ["printer"] = "dummy" } },
        ];

        WharfException e = Assert.Throws<WharfException>(() => PoolRequests.Read(requests));

        Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
        Assert.Equal(
            """
            invalid network config:
            invalid subnet foobar: invalid CIDR block notation
            invalid subnet 10.1.2.3/16: it should be 10.1.0.0/16
            invalid ip-range 10.1.9.9/24: it should be 10.1.9.0/24
            invalid gateway 1001.10.5.3: invalid address
            invalid auxiliary address printer: invalid address
            """,
            e.Message);
    }

    [Fact]
    public void Read_WithoutMistakes_GivesWhatWasAskedFor()
    {
        IpamPool pool = Assert.Single(PoolRequests.Read(
            [new IpamConfig { Subnet = "2001:db8::/64", IPRange = "2001:db8::1:0/112", Gateway = "2001:db8::1", AuxiliaryAddresses = new() { ["a"] = "2001:db8::9" } }]));

        Assert.Equal("2001:db8::/64", pool.Subnet.ToString());
        Assert.Equal("2001:db8::1:0/112", pool.Range.ToString());
        Assert.Equal("2001:db8::1", pool.Gateway?.ToString());
        Assert.Equal("2001:db8::9", pool.Auxiliary["a"].ToString());
        Assert.Empty(PoolRequests.Read(null));
    }
}
