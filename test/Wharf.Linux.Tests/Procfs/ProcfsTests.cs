namespace Wharf.Linux.Tests.Procfs;

public sealed class ProcfsTests
{
    [Fact]
    public void MountTable_LineWithEscapesAndOptionalFields_IsTakenApart()
    {
        MountEntry entry = Assert.Single(MountTable.Parse("36 35 98:0 /a\\040b /mnt\\011x rw,noatime shared:7 master:1 - ext3 /dev/root rw,errors=continue\n"));

        Assert.Equal(36, entry.Id);
        Assert.Equal(35, entry.ParentId);
        Assert.Equal("/a b", entry.Root);
        Assert.Equal("/mnt\tx", entry.MountPoint);
        Assert.Equal("shared:7 master:1", entry.Propagation);
        Assert.Equal("ext3", entry.Type);
        Assert.Equal("/dev/root", entry.Source);
        Assert.Equal("rw,errors=continue", entry.SuperOptions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("36 35 98:0")]
    [InlineData("36 35 98:0 / / rw -")]
    [InlineData("x y 98:0 / / rw - ext3 a b")]
    public void MountTable_MalformedLine_IsLeftOut(string line) => Assert.Empty(MountTable.Parse(line));

    [Fact]
    public void MountTable_Own_HasProc() => Assert.Contains(MountTable.Own(), m => m is { Type: "proc", MountPoint: "/proc" });

    [Fact]
    public void ProcessCgroups_AllForms_MapControllersToPaths()
    {
        IReadOnlyDictionary<string, string> paths = ProcessCgroups.Parse("4:cpu,cpuacct:/a:b\n1:name=systemd:/s\n0::/u\nnonsense\n");

        Assert.Equal("/a:b", paths["cpuacct"]);
        Assert.Equal("/s", paths["name=systemd"]);
        Assert.Equal("/u", paths[""]);
        Assert.Equal(4, paths.Count);
    }

    [Fact]
    public void ProcessStat_NameWithParentheses_DoesNotShiftFields()
    {
        Assert.True(ProcessStat.TryParse("42 (a) R 1 (b) S 7 42 42 34816 42 4194560 1 0 0 0 11 12 0 0 20 0 1 0 987654 1 1", out ProcessStat stat));

        Assert.Equal("a) R 1 (b", stat.Command);
        Assert.Equal('S', stat.State);
        Assert.Equal(7, stat.Parent);
        Assert.Equal(34816, stat.Terminal);
        Assert.Equal(11ul, stat.UserTicks);
        Assert.Equal(987654ul, stat.StartTime);
    }

    [Fact]
    public void ProcessStat_Self_IsRead() => Assert.True(ProcessStat.TryRead(Environment.ProcessId, out ProcessStat stat) && stat.StartTime > 0);

    [Theory]
    [InlineData("6.1.0-13-amd64", 6, 1)]
    [InlineData("4.8", 4, 8)]
    [InlineData("6.18.44-fc-v445\n", 6, 18)]
    public void KernelVersion_Release_IsItsFirstTwoNumbers(string release, int major, int minor) =>
        Assert.Equal(new KernelVersion(major, minor), KernelVersion.Parse(release));

    [Fact]
    public void CgroupLayout_HybridMounts_AreToldApart()
    {
        CgroupLayout layout = CgroupLayout.Of(MountTable.Parse(
            """
            30 24 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755
            31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 - cgroup cgroup rw,cpu,cpuacct
            32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
            33 30 0:29 / /nowhere/unified rw - cgroup2 cgroup2 rw
            34 24 0:27 / /elsewhere/cpu rw - cgroup cgroup rw,cpu,cpuacct
            """));

        Assert.Equal(3, layout.Hierarchies.Count);
        Assert.Equal("/nowhere/unified", layout.Unified?.MountPoint);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.With("cpuacct")?.MountPoint);
        Assert.Null(layout.With("memory"));
        Assert.False(layout.IsUnifiedOnly);
    }
}
