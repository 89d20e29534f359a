using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Mounts;

namespace Wharf.Runtime.Tests.Mounts;

public sealed class MountOptionsTests
{
    [Fact]
    public void Parse_LaterWord_WinsOverEarlier()
    {
        MountOptions options = MountOptions.Parse(["ro", "rw", "nosuid", "noatime", "strictatime"]);

        Assert.False(options.IsReadOnly);
        Assert.Equal(MountAttributes.ReadOnly, options.Clear & MountAttributes.ReadOnly);
        Assert.Equal(MountAttributes.NoSuid | MountAttributes.StrictAccessTime, options.Set);
    }

    [Fact]
    public void Parse_RecursiveWords_AreKeptApart()
    {
        MountOptions options = MountOptions.Parse(["rbind", "rro", "rslave", "ro"]);

        Assert.True(options is { Bind: true, RecursiveBind: true, RecursivePropagation: true, Propagation: MountFlags.Slave });
        Assert.Equal(MountAttributes.ReadOnly, options.RecursiveSet);
        Assert.Equal(MountAttributes.ReadOnly, options.Set);
    }

    [Fact]
    public void Parse_UnknownWords_AreTheFileSystemsData() =>
        Assert.Equal(["mode=755", "size=65536k", "whatever"], MountOptions.Parse(["mode=755", "nosuid", "size=65536k", "whatever", "defaults"]).Data);

    [Theory]
    [InlineData("idmap")]
    [InlineData("remount")]
    public void Parse_WordsThatNeedMore_AreRefused(string word) => Assert.Throws<WharfException>(() => MountOptions.Parse([word]));

    [Theory]
    [InlineData("/proc", true)]
    [InlineData("/proc/", true)]
    [InlineData("//dev/../dev/shm", true)]
    [InlineData("/sys/fs/cgroup", true)]
    [InlineData("/process", false)]
    [InlineData("/etc/hosts", false)]
    public void IsGuarded_KernelsPlaces_AreKnownInEveryForm(string path, bool expected) => Assert.Equal(expected, MountPath.IsGuarded(path));
}
