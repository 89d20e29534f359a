using Wharf.Engine.Launch;

namespace Wharf.Engine.Tests.Launch;

public sealed class CapabilityListTests
{
    [Fact]
    public void Of_Nothing_IsDockersFourteen() => Assert.Equal(14, CapabilityList.Of(null, null, false).Count);

    [Fact]
    public void Of_AddAndDrop_InAnyWriting()
    {
        IReadOnlyList<string> set = CapabilityList.Of(["net_admin", "CAP_SYS_TIME"], ["chown", "CAP_MKNOD"], false);
        Assert.Contains("CAP_NET_ADMIN", set);
        Assert.Contains("CAP_SYS_TIME", set);
        Assert.DoesNotContain("CAP_CHOWN", set);
        Assert.DoesNotContain("CAP_MKNOD", set);
    }

    [Fact]
    public void Of_DropAll_LeavesWhatIsAdded() => Assert.Equal(["CAP_CHOWN"], CapabilityList.Of(["CHOWN"], ["ALL"], false));

    [Fact]
    public void Of_AddAll_IsEverythingThisProcessMayGive() => Assert.Equal(CapabilityList.Available.Except(["CAP_SYS_ADMIN"]), CapabilityList.Of(["ALL"], ["SYS_ADMIN"], false));

    [Fact]
    public void Of_Privileged_IgnoresDrops() => Assert.Equal(CapabilityList.Available, CapabilityList.Of(null, ["ALL"], true));
}
