using System.Text.Json;

namespace Wharf.Oci.Runtime;

// linux.resources
public static partial class RuntimeSpecReader
{
    private static LinuxResources? LinuxResources(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        IReadOnlyList<LinuxDeviceRule>? devices = null;
        LinuxMemory? memory = null;
        LinuxCpu? cpu = null;
        LinuxPids? pids = null;
        LinuxBlockIo? blockIo = null;
        IReadOnlyList<LinuxHugepageLimit>? hugepageLimits = null;
        LinuxNetworkResources? network = null;
        IReadOnlyDictionary<string, LinuxRdma>? rdma = null;
        IReadOnlyDictionary<string, string>? unified = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "devices"u8)) { devices = JsonValues.List(ref json, LinuxDeviceRule); }
            else if (JsonValues.IsMember(ref json, "memory"u8)) { memory = LinuxMemory(ref json); }
            else if (JsonValues.IsMember(ref json, "cpu"u8)) { cpu = LinuxCpu(ref json); }
            else if (JsonValues.IsMember(ref json, "pids"u8)) { pids = LinuxPids(ref json); }
            else if (JsonValues.IsMember(ref json, "blockIO"u8)) { blockIo = LinuxBlockIo(ref json); }
            else if (JsonValues.IsMember(ref json, "hugepageLimits"u8)) { hugepageLimits = JsonValues.List(ref json, LinuxHugepageLimit); }
            else if (JsonValues.IsMember(ref json, "network"u8)) { network = LinuxNetworkResources(ref json); }
            else if (JsonValues.IsMember(ref json, "rdma"u8)) { rdma = JsonValues.Map(ref json, LinuxRdma); }
            else if (JsonValues.IsMember(ref json, "unified"u8)) { unified = JsonValues.TextMap(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxResources
        {
            Devices = devices,
            Memory = memory,
            Cpu = cpu,
            Pids = pids,
            BlockIo = blockIo,
            HugepageLimits = hugepageLimits,
            Network = network,
            Rdma = rdma,
            Unified = unified,
        };
    }

    private static LinuxDeviceRule? LinuxDeviceRule(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        bool? allow = null;
        string? type = null;
        long? major = null;
        long? minor = null;
        string? access = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "allow"u8)) { allow = JsonValues.Flag(ref json); }
            else if (JsonValues.IsMember(ref json, "type"u8)) { type = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "major"u8)) { major = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "minor"u8)) { minor = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "access"u8)) { access = JsonValues.Text(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxDeviceRule
        {
            Allow = allow ?? default,
            Type = type,
            Major = major,
            Minor = minor,
            Access = access,
        };
    }

    private static LinuxMemory? LinuxMemory(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        long? limit = null;
        long? reservation = null;
        long? swap = null;
        long? kernel = null;
        long? kernelTcp = null;
        ulong? swappiness = null;
        bool? disableOomKiller = null;
        bool? useHierarchy = null;
        bool? checkBeforeUpdate = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "limit"u8)) { limit = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "reservation"u8)) { reservation = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "swap"u8)) { swap = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "kernel"u8)) { kernel = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "kernelTCP"u8)) { kernelTcp = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "swappiness"u8)) { swappiness = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "disableOOMKiller"u8)) { disableOomKiller = JsonValues.Flag(ref json); }
            else if (JsonValues.IsMember(ref json, "useHierarchy"u8)) { useHierarchy = JsonValues.Flag(ref json); }
            else if (JsonValues.IsMember(ref json, "checkBeforeUpdate"u8)) { checkBeforeUpdate = JsonValues.Flag(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxMemory
        {
            Limit = limit,
            Reservation = reservation,
            Swap = swap,
            Kernel = kernel,
            KernelTcp = kernelTcp,
            Swappiness = swappiness,
            DisableOomKiller = disableOomKiller,
            UseHierarchy = useHierarchy,
            CheckBeforeUpdate = checkBeforeUpdate,
        };
    }

    private static LinuxCpu? LinuxCpu(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        ulong? shares = null;
        long? quota = null;
        ulong? burst = null;
        ulong? period = null;
        long? realtimeRuntime = null;
        ulong? realtimePeriod = null;
        string? cpus = null;
        string? mems = null;
        long? idle = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "shares"u8)) { shares = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "quota"u8)) { quota = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "burst"u8)) { burst = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "period"u8)) { period = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "realtimeRuntime"u8)) { realtimeRuntime = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "realtimePeriod"u8)) { realtimePeriod = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "cpus"u8)) { cpus = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "mems"u8)) { mems = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "idle"u8)) { idle = JsonValues.Int64(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxCpu
        {
            Shares = shares,
            Quota = quota,
            Burst = burst,
            Period = period,
            RealtimeRuntime = realtimeRuntime,
            RealtimePeriod = realtimePeriod,
            Cpus = cpus,
            Mems = mems,
            Idle = idle,
        };
    }

    private static LinuxPids? LinuxPids(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        long? limit = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "limit"u8)) { limit = JsonValues.Int64(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxPids
        {
            Limit = limit ?? default,
        };
    }

    private static LinuxBlockIo? LinuxBlockIo(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        ushort? weight = null;
        ushort? leafWeight = null;
        IReadOnlyList<LinuxWeightDevice>? weightDevice = null;
        IReadOnlyList<LinuxThrottleDevice>? throttleReadBpsDevice = null;
        IReadOnlyList<LinuxThrottleDevice>? throttleWriteBpsDevice = null;
        IReadOnlyList<LinuxThrottleDevice>? throttleReadIopsDevice = null;
        IReadOnlyList<LinuxThrottleDevice>? throttleWriteIopsDevice = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "weight"u8)) { weight = JsonValues.UInt16(ref json); }
            else if (JsonValues.IsMember(ref json, "leafWeight"u8)) { leafWeight = JsonValues.UInt16(ref json); }
            else if (JsonValues.IsMember(ref json, "weightDevice"u8)) { weightDevice = JsonValues.List(ref json, LinuxWeightDevice); }
            else if (JsonValues.IsMember(ref json, "throttleReadBpsDevice"u8)) { throttleReadBpsDevice = JsonValues.List(ref json, LinuxThrottleDevice); }
            else if (JsonValues.IsMember(ref json, "throttleWriteBpsDevice"u8)) { throttleWriteBpsDevice = JsonValues.List(ref json, LinuxThrottleDevice); }
            else if (JsonValues.IsMember(ref json, "throttleReadIOPSDevice"u8)) { throttleReadIopsDevice = JsonValues.List(ref json, LinuxThrottleDevice); }
            else if (JsonValues.IsMember(ref json, "throttleWriteIOPSDevice"u8)) { throttleWriteIopsDevice = JsonValues.List(ref json, LinuxThrottleDevice); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxBlockIo
        {
            Weight = weight,
            LeafWeight = leafWeight,
            WeightDevice = weightDevice,
            ThrottleReadBpsDevice = throttleReadBpsDevice,
            ThrottleWriteBpsDevice = throttleWriteBpsDevice,
            ThrottleReadIopsDevice = throttleReadIopsDevice,
            ThrottleWriteIopsDevice = throttleWriteIopsDevice,
        };
    }

    private static LinuxWeightDevice? LinuxWeightDevice(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        long? major = null;
        long? minor = null;
        ushort? weight = null;
        ushort? leafWeight = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "major"u8)) { major = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "minor"u8)) { minor = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "weight"u8)) { weight = JsonValues.UInt16(ref json); }
            else if (JsonValues.IsMember(ref json, "leafWeight"u8)) { leafWeight = JsonValues.UInt16(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxWeightDevice
        {
            Major = major ?? default,
            Minor = minor ?? default,
            Weight = weight,
            LeafWeight = leafWeight,
        };
    }

    private static LinuxThrottleDevice? LinuxThrottleDevice(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        long? major = null;
        long? minor = null;
        ulong? rate = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "major"u8)) { major = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "minor"u8)) { minor = JsonValues.Int64(ref json); }
            else if (JsonValues.IsMember(ref json, "rate"u8)) { rate = JsonValues.UInt64(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxThrottleDevice
        {
            Major = major ?? default,
            Minor = minor ?? default,
            Rate = rate ?? default,
        };
    }

    private static LinuxHugepageLimit? LinuxHugepageLimit(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? pageSize = null;
        ulong? limit = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "pageSize"u8)) { pageSize = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "limit"u8)) { limit = JsonValues.UInt64(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxHugepageLimit
        {
            PageSize = pageSize ?? throw JsonValues.Missing("LinuxHugepageLimit", "pageSize"),
            Limit = limit ?? default,
        };
    }

    private static LinuxNetworkResources? LinuxNetworkResources(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        uint? classId = null;
        IReadOnlyList<LinuxInterfacePriority>? priorities = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "classID"u8)) { classId = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "priorities"u8)) { priorities = JsonValues.List(ref json, LinuxInterfacePriority); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxNetworkResources
        {
            ClassId = classId,
            Priorities = priorities,
        };
    }

    private static LinuxInterfacePriority? LinuxInterfacePriority(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? name = null;
        uint? priority = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "name"u8)) { name = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "priority"u8)) { priority = JsonValues.UInt32(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxInterfacePriority
        {
            Name = name ?? throw JsonValues.Missing("LinuxInterfacePriority", "name"),
            Priority = priority ?? default,
        };
    }

    private static LinuxRdma? LinuxRdma(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        uint? hcaHandles = null;
        uint? hcaObjects = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "hcaHandles"u8)) { hcaHandles = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "hcaObjects"u8)) { hcaObjects = JsonValues.UInt32(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxRdma
        {
            HcaHandles = hcaHandles,
            HcaObjects = hcaObjects,
        };
    }
}
