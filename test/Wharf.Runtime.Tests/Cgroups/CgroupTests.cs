using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Cgroups;

namespace Wharf.Runtime.Tests.Cgroups;

public sealed class CgroupTests
{
    [Theory]
    [InlineData("/docker/abc", "/docker/abc")]
    [InlineData("//docker/./abc/", "/docker/abc")]
    public void Resolve_AbsolutePath_IsCleaned(string path, string expected) => Assert.Equal(expected, CgroupPath.Resolve(path, "x"));

    [Theory]
    [InlineData("/a/../../b")]
    [InlineData("system.slice:docker:abc")]
    [InlineData("/")]
    public void Resolve_PathThatIsNoPlace_IsRefused(string path) => Assert.Throws<WharfException>(() => CgroupPath.Resolve(path, "x"));

    [Fact]
    public void Resolve_NoPath_IsTheIdBelowOurOwn() => Assert.EndsWith("/x", CgroupPath.Resolve(null, "x"));

    [Theory]
    [InlineData(2ul, 1ul)]
    [InlineData(1024ul, 39ul)]
    [InlineData(262144ul, 10000ul)]
    [InlineData(0ul, 1ul)]
    public void WeightOf_Shares_AreWeights(ulong shares, ulong weight) => Assert.Equal(weight, CpuLimits.WeightOf(shares));

    [Fact]
    public void Apply_Limits_AreInTheFilesAndGoneAfterwards()
    {
        string id = "t" + Guid.NewGuid().ToString("n")[..10];
        ContainerCgroup cgroup = ContainerCgroup.Create("/wharf-tests/" + id, id);
        var warnings = new List<string>();
        try
        {
            cgroup.Apply(new LinuxResources
            {
                Memory = new LinuxMemory { Limit = 64 << 20, Swap = 64 << 20, Reservation = 32 << 20 },
                Cpu = new LinuxCpu { Shares = 512, Quota = 50000, Period = 100000, Cpus = "0" },
                Pids = new LinuxPids { Limit = 77 },
                Devices = [new() { Allow = false, Access = "rwm" }, new() { Allow = true, Type = "c", Major = 10, Minor = 229, Access = "rw" }],
            }, warnings);
            CgroupStatistics statistics = CgroupStatistics.Read(cgroup);

            if (cgroup.Layout.With("pids") is null)
            {
                Assert.Skip("no pids controller here");
            }

            Assert.Equal(77ul, statistics.PidsLimit);
            Assert.Equal(64ul << 20, statistics.MemoryLimitBytes);
            Assert.Empty(cgroup.Pids());
        }
        finally
        {
            cgroup.Delete();
        }

        Assert.All(cgroup.Layout.Hierarchies, h => Assert.False(Directory.Exists(h.MountPoint + cgroup.Path)));
    }

    [Fact]
    public void ParseBlockIo_BothVersions_GiveTheSameShape()
    {
        BlockIoCounter[] expected = [new(8, 0, "Read", 4096), new(8, 0, "Write", 512)];

        Assert.Equal(expected, CgroupBlockIo.ParseLegacy("8:0 Read 4096\n8:0 Write 512\nTotal 4608\n"));
        Assert.Equal(expected, CgroupBlockIo.ParseUnified("8:0 rbytes=4096 wbytes=512 rios=1 wios=2\nbroken\n", "rbytes", "wbytes"));
    }
}
