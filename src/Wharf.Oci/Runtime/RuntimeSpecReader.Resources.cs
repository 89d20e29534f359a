using System.Text.Json;

namespace Wharf.Oci.Runtime;

public static partial class RuntimeSpecReader
{
    public static LinuxResources LinuxResources(JsonElement json) => new()
    {
        Devices = json.List("devices", LinuxDeviceRule),
        Memory = json.Object("memory", LinuxMemory),
        Cpu = json.Object("cpu", LinuxCpu),
        Pids = json.Object("pids", LinuxPids),
        BlockIo = json.Object("blockIO", LinuxBlockIo),
        HugepageLimits = json.List("hugepageLimits", LinuxHugepageLimit),
        Network = json.Object("network", LinuxNetworkResources),
        Rdma = json.Map("rdma", LinuxRdma),
        Unified = json.TextMap("unified"),
    };

    public static LinuxDeviceRule LinuxDeviceRule(JsonElement json) => new()
    {
        Allow = json.Flag("allow") ?? false,
        Type = json.Text("type"),
        Major = json.Long("major"),
        Minor = json.Long("minor"),
        Access = json.Text("access"),
    };

    public static LinuxMemory LinuxMemory(JsonElement json) => new()
    {
        Limit = json.Long("limit"),
        Reservation = json.Long("reservation"),
        Swap = json.Long("swap"),
        Kernel = json.Long("kernel"),
        KernelTcp = json.Long("kernelTCP"),
        Swappiness = json.ULong("swappiness"),
        DisableOomKiller = json.Flag("disableOOMKiller"),
        UseHierarchy = json.Flag("useHierarchy"),
        CheckBeforeUpdate = json.Flag("checkBeforeUpdate"),
    };

    public static LinuxCpu LinuxCpu(JsonElement json) => new()
    {
        Shares = json.ULong("shares"),
        Quota = json.Long("quota"),
        Burst = json.ULong("burst"),
        Period = json.ULong("period"),
        RealtimeRuntime = json.Long("realtimeRuntime"),
        RealtimePeriod = json.ULong("realtimePeriod"),
        Cpus = json.Text("cpus"),
        Mems = json.Text("mems"),
        Idle = json.Long("idle"),
    };

    public static LinuxPids LinuxPids(JsonElement json) => new()
    {
        Limit = json.Long("limit") ?? 0,
    };

    public static LinuxBlockIo LinuxBlockIo(JsonElement json) => new()
    {
        Weight = json.UShort("weight"),
        LeafWeight = json.UShort("leafWeight"),
        WeightDevice = json.List("weightDevice", LinuxWeightDevice),
        ThrottleReadBpsDevice = json.List("throttleReadBpsDevice", LinuxThrottleDevice),
        ThrottleWriteBpsDevice = json.List("throttleWriteBpsDevice", LinuxThrottleDevice),
        ThrottleReadIopsDevice = json.List("throttleReadIOPSDevice", LinuxThrottleDevice),
        ThrottleWriteIopsDevice = json.List("throttleWriteIOPSDevice", LinuxThrottleDevice),
    };

    public static LinuxWeightDevice LinuxWeightDevice(JsonElement json) => new()
    {
        Major = json.Long("major") ?? 0,
        Minor = json.Long("minor") ?? 0,
        Weight = json.UShort("weight"),
        LeafWeight = json.UShort("leafWeight"),
    };

    public static LinuxThrottleDevice LinuxThrottleDevice(JsonElement json) => new()
    {
        Major = json.Long("major") ?? 0,
        Minor = json.Long("minor") ?? 0,
        Rate = json.ULong("rate") ?? 0,
    };

    public static LinuxHugepageLimit LinuxHugepageLimit(JsonElement json) => new()
    {
        PageSize = json.RequiredText("pageSize"),
        Limit = json.ULong("limit") ?? 0,
    };

    public static LinuxNetworkResources LinuxNetworkResources(JsonElement json) => new()
    {
        ClassId = json.UInt("classID"),
        Priorities = json.List("priorities", LinuxInterfacePriority),
    };

    public static LinuxInterfacePriority LinuxInterfacePriority(JsonElement json) => new()
    {
        Name = json.RequiredText("name"),
        Priority = json.UInt("priority") ?? 0,
    };

    public static LinuxRdma LinuxRdma(JsonElement json) => new()
    {
        HcaHandles = json.UInt("hcaHandles"),
        HcaObjects = json.UInt("hcaObjects"),
    };
}
