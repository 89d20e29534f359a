using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Network.Addressing;

namespace Wharf.Network.Tests.Addressing;

public sealed class AddressingTests
{
    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("fd00::5/64", "fd00::/64")]
    [InlineData("::/0", "::/0")]
    [InlineData("10.1/8", null)]
    [InlineData("10.0.0.0/33", null)]
    [InlineData("10.0.0.0/-1", null)]
    [InlineData("10.0.0.0", null)]
    [InlineData("fd00::/129", null)]
    public void Subnet_IsReadAndItsHostBitsCleared(string text, string? expected)
    {
        bool ok = Subnet.TryParse(text, out Subnet subnet);
        Assert.Equal(expected is not null, ok);
        if (expected is not null && !subnet.IsEmpty)
        {
            Assert.Equal(expected, subnet.ToString());
        }
    }

    [Fact]
    public void Subnet_OfAnyAddress_ContainsIt() => Prop.ForAll<uint, byte>((bits, length) =>
    {
        var address = new IPAddress(BitConverter.GetBytes(bits));
        Subnet subnet = Subnet.Of(address, length % 33);
        return subnet.Contains(address) && subnet.Overlaps(subnet) && subnet.Contains(subnet.Address) && Subnet.Parse(subnet.Address + "/" + subnet.PrefixLength) == subnet;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("02:42:ac:11:00:02", true)]
    [InlineData("02-42-AC-11-00-02", true)]
    [InlineData("02:42:ac:11:00", false)]
    [InlineData("02:42:ac:11:00:0g", false)]
    [InlineData("02:42:ac:11:00: 2", false)]
    public void MacAddress_IsRead(string text, bool ok)
    {
        Assert.Equal(ok, MacAddress.TryParse(text, out MacAddress mac));
        if (ok)
        {
            Assert.Equal("02:42:ac:11:00:02", mac.ToString());
            Assert.Equal(mac, MacAddress.FromBytes(mac.ToBytes()));
        }
    }
}
