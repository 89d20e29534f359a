using Wharf.Cli.Containers.Creation;

namespace Wharf.Cli.Tests.Containers;

public sealed class CapabilityFlagsTests
{
    [Theory]
    [InlineData("", "", null, null)]
    [InlineData("net_admin,CAP_CHOWN,chown", "", "CAP_CHOWN,CAP_NET_ADMIN", null)]
    [InlineData("net_admin", "all", "CAP_NET_ADMIN", "ALL")]
    [InlineData("all,chown", "mknod", "ALL", "CAP_MKNOD")]
    [InlineData("chown", "CHOWN,kill", "CAP_CHOWN", "CAP_KILL")]
    [InlineData("reset", "all,kill", null, "ALL")]
    public void Names_AreWholeAndOnce(string add, string drop, string? added, string? dropped)
    {
        var (plus, minus) = CapabilityFlags.Effective(Words(add), Words(drop));
        Assert.Equal(added, plus is null ? null : string.Join(',', plus));
        Assert.Equal(dropped, minus is null ? null : string.Join(',', minus));
    }

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
