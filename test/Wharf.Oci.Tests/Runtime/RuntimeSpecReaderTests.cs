using System.Text;
using System.Text.Json;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Oci.Tests.Runtime;

/// <summary>The hand-written reader against the generated serializer: what one writes the other must understand.</summary>
public sealed class RuntimeSpecReaderTests
{
    [Fact]
    public void ReadSpec_EverythingSet_ComesBackWhole()
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(Whole(), RuntimeJson.Default.RuntimeSpec);

        RuntimeSpec read = RuntimeSpecReader.ReadSpec(json);

        Assert.Equal(Encoding.UTF8.GetString(json), JsonSerializer.Serialize(read, RuntimeJson.Default.RuntimeSpec));
    }

    [Fact]
    public void ReadSpec_NullsAndUnknownMembers_CountAsAbsent()
    {
        RuntimeSpec spec = RuntimeSpecReader.ReadSpec("""{"ociVersion":"1.0.2","x":{"y":[1,{"z":null}]},"process":null,"mounts":null,"linux":{"resources":{"memory":{"limit":null}}},"solaris":[]}"""u8.ToArray());

        Assert.Equal("1.0.2", spec.OciVersion);
        Assert.Null(spec.Process);
        Assert.Null(spec.Linux!.Resources!.Memory!.Limit);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"mounts\":{}}")]
    [InlineData("{\"process\":\"x\"}")]
    [InlineData("{\"process\":[]}")]
    [InlineData("{\"process\":{\"args\":[1],\"cwd\":\"/\"}}")]
    [InlineData("{\"process\":{\"args\":[]}}")]
    [InlineData("{\"process\":{\"cwd\":\"/\",\"user\":{\"uid\":4294967296}}}")]
    [InlineData("{\"process\":{\"cwd\":\"/\",\"user\":{\"uid\":-1}}}")]
    [InlineData("{\"process\":{\"cwd\":\"/\",\"user\":{\"uid\":\"0\"}}}")]
    [InlineData("{\"hostname\":1}")]
    [InlineData("{\"mounts\":[null]}")]
    [InlineData("{} {}")]
    [InlineData("{\"hostname\":\"a\"")]
    public void ReadSpec_WrongShape_IsAnError(string json) => Assert.Throws<WharfException>(() => RuntimeSpecReader.ReadSpec(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void ReadSpec_CutAnywhere_NeverPasses()
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(Whole(), RuntimeJson.Default.RuntimeSpec);
        for (int length = 0; length < json.Length; length++)
        {
            Assert.Throws<WharfException>(() => RuntimeSpecReader.ReadSpec(json.AsMemory(0, length)));
        }
    }

    private static RuntimeSpec Whole() => new()
    {
        Hostname = "h\u00e9",
        Domainname = "d",
        Root = new RootSpec { Path = "rootfs", Readonly = true },
        Annotations = new Dictionary<string, string> { ["a"] = "b", ["c"] = "" },
        Mounts = [new() { Destination = "/x", Type = "bind", Source = "/y", Options = ["ro"], UidMappings = [new() { ContainerId = 1, HostId = 2, Size = 3 }] }],
        Hooks = new HooksSpec { Prestart = [new() { Path = "/h", Args = ["h", "1"], Env = ["A=B"], Timeout = 5 }], Poststop = [] },
        Process = new ProcessSpec
        {
            Terminal = true,
            ConsoleSize = new ConsoleSize { Height = 24, Width = 80 },
            User = new UserSpec { Uid = 4294967294, Gid = 1, Umask = 18, AdditionalGids = [3, 4], Username = "u" },
            Args = ["a", "\"quoted\""],
            Env = ["A=\u2028"],
            Cwd = "/w",
            Capabilities = new CapabilitySets { Bounding = ["CAP_KILL"], Ambient = [] },
            Rlimits = [new() { Type = "RLIMIT_NOFILE", Hard = ulong.MaxValue, Soft = 1 }],
            NoNewPrivileges = true,
            ApparmorProfile = "p",
            SelinuxLabel = "l",
            OomScoreAdj = -500,
            Scheduler = new SchedulerSpec { Policy = "SCHED_IDLE", Nice = -3, Priority = 1, Flags = ["F"], Runtime = 1, Deadline = 2, Period = 3 },
            IoPriority = new IoPrioritySpec { Class = "IOPRIO_CLASS_BE", Priority = 4 },
            ExecCpuAffinity = new CpuAffinitySpec { Initial = "0", Final = "1" },
        },
        Linux = new LinuxSpec
        {
            UidMappings = [new() { ContainerId = 0, HostId = 100000, Size = 65536 }],
            Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1" },
            CgroupsPath = "/c",
            Namespaces = [new() { Type = "pid" }, new() { Type = "network", Path = "/n" }],
            Devices = [new() { Path = "/dev/fuse", Type = "c", Major = 10, Minor = 229, FileMode = 438, Uid = 0, Gid = 5 }],
            NetDevices = new Dictionary<string, LinuxNetDevice> { ["eth1"] = new() { Name = "eth0" } },
            RootfsPropagation = "rslave",
            MaskedPaths = ["/m"],
            ReadonlyPaths = ["/r"],
            MountLabel = "ml",
            IntelRdt = new LinuxIntelRdt { ClosId = "x", Schemata = ["s"], EnableMonitoring = true },
            MemoryPolicy = new LinuxMemoryPolicy { Mode = "MPOL_BIND", Nodes = "0", Flags = ["f"] },
            Personality = new LinuxPersonality { Domain = "LINUX32" },
            TimeOffsets = new Dictionary<string, LinuxTimeOffset> { ["boottime"] = new() { Secs = -1, Nanosecs = 2 } },
            Seccomp = new LinuxSeccomp
            {
                DefaultAction = "SCMP_ACT_ERRNO",
                DefaultErrnoRet = 1,
                Architectures = ["SCMP_ARCH_X86_64"],
                Flags = ["F"],
                Syscalls = [new() { Names = ["read"], Action = "SCMP_ACT_ALLOW", ErrnoRet = 2, Args = [new() { Index = 1, Value = ulong.MaxValue, ValueTwo = 5, Op = "SCMP_CMP_EQ" }] }],
            },
            Resources = new LinuxResources
            {
                Devices = [new() { Allow = true, Type = "c", Major = -1, Minor = 3, Access = "rwm" }],
                Memory = new LinuxMemory { Limit = -1, Reservation = 1, Swap = 2, Kernel = 3, KernelTcp = 4, Swappiness = 60, DisableOomKiller = true, UseHierarchy = false, CheckBeforeUpdate = true },
                Cpu = new LinuxCpu { Shares = 2, Quota = -1, Burst = 3, Period = 4, RealtimeRuntime = 5, RealtimePeriod = 6, Cpus = "0", Mems = "0", Idle = 1 },
                Pids = new LinuxPids { Limit = -1 },
                BlockIo = new LinuxBlockIo
                {
                    Weight = 10,
                    LeafWeight = 11,
                    WeightDevice = [new() { Major = 8, Minor = 0, Weight = 12, LeafWeight = 13 }],
                    ThrottleReadBpsDevice = [new() { Major = 8, Minor = 1, Rate = 14 }],
                    ThrottleWriteIopsDevice = [new() { Major = 8, Minor = 2, Rate = 15 }],
                },
                HugepageLimits = [new() { PageSize = "2MB", Limit = 16 }],
                Network = new LinuxNetworkResources { ClassId = 17, Priorities = [new() { Name = "eth0", Priority = 18 }] },
                Rdma = new Dictionary<string, LinuxRdma> { ["mlx"] = new() { HcaHandles = 19, HcaObjects = 20 } },
                Unified = new Dictionary<string, string> { ["memory.high"] = "1" },
            },
        },
    };
}
