using System.Text.Json;
using Wharf.Api.Containers;

namespace Wharf.Api.Json;

/// <content>What a container asks of its host.</content>
public static partial class RequestWriter
{
    private static void Members(Utf8JsonWriter json, HostConfig value)
    {
        json.WriteNumber(nameof(value.CpuShares), value.CpuShares);
        json.WriteNumber(nameof(value.Memory), value.Memory);
        Text(json, nameof(value.CgroupParent), value.CgroupParent);
        json.WriteNumber(nameof(value.BlkioWeight), value.BlkioWeight);
        Items(json, nameof(value.BlkioWeightDevice), value.BlkioWeightDevice, Members, orNull: true);
        Items(json, nameof(value.BlkioDeviceReadBps), value.BlkioDeviceReadBps, Members, orNull: true);
        Items(json, nameof(value.BlkioDeviceWriteBps), value.BlkioDeviceWriteBps, Members, orNull: true);
        Items(json, nameof(value.BlkioDeviceReadIOps), value.BlkioDeviceReadIOps, Members, orNull: true);
        Items(json, nameof(value.BlkioDeviceWriteIOps), value.BlkioDeviceWriteIOps, Members, orNull: true);
        json.WriteNumber(nameof(value.CpuPeriod), value.CpuPeriod);
        json.WriteNumber(nameof(value.CpuQuota), value.CpuQuota);
        json.WriteNumber(nameof(value.CpuRealtimePeriod), value.CpuRealtimePeriod);
        json.WriteNumber(nameof(value.CpuRealtimeRuntime), value.CpuRealtimeRuntime);
        Text(json, nameof(value.CpusetCpus), value.CpusetCpus);
        Text(json, nameof(value.CpusetMems), value.CpusetMems);
        Items(json, nameof(value.Devices), value.Devices, Members, orNull: true);
        Texts(json, nameof(value.DeviceCgroupRules), value.DeviceCgroupRules, orNull: true);
        Items(json, nameof(value.DeviceRequests), value.DeviceRequests, Members, orNull: true);
        json.WriteNumber(nameof(value.MemoryReservation), value.MemoryReservation);
        json.WriteNumber(nameof(value.MemorySwap), value.MemorySwap);
        Number(json, nameof(value.MemorySwappiness), value.MemorySwappiness, orNull: true);
        json.WriteNumber(nameof(value.NanoCpus), value.NanoCpus);
        Flag(json, nameof(value.OomKillDisable), value.OomKillDisable, orNull: true);
        Flag(json, nameof(value.Init), value.Init);
        Number(json, nameof(value.PidsLimit), value.PidsLimit, orNull: true);
        Items(json, nameof(value.Ulimits), value.Ulimits, Members, orNull: true);
        json.WriteNumber(nameof(value.CpuCount), value.CpuCount);
        json.WriteNumber(nameof(value.CpuPercent), value.CpuPercent);
        json.WriteNumber(nameof(value.IOMaximumIOps), value.IOMaximumIOps);
        json.WriteNumber(nameof(value.IOMaximumBandwidth), value.IOMaximumBandwidth);
        Texts(json, nameof(value.Binds), value.Binds, orNull: true);
        Text(json, nameof(value.ContainerIDFile), value.ContainerIDFile);
        Object(json, nameof(value.LogConfig), value.LogConfig, Members);
        Text(json, nameof(value.NetworkMode), value.NetworkMode);
        Bindings(json, nameof(value.PortBindings), value.PortBindings);
        Object(json, nameof(value.RestartPolicy), value.RestartPolicy, Members);
        json.WriteBoolean(nameof(value.AutoRemove), value.AutoRemove);
        Text(json, nameof(value.VolumeDriver), value.VolumeDriver);
        Texts(json, nameof(value.VolumesFrom), value.VolumesFrom, orNull: true);
        Items(json, nameof(value.Mounts), value.Mounts, Members);
        Numbers(json, nameof(value.ConsoleSize), value.ConsoleSize);
        Texts(json, nameof(value.Annotations), value.Annotations);
        Texts(json, nameof(value.CapAdd), value.CapAdd, orNull: true);
        Texts(json, nameof(value.CapDrop), value.CapDrop, orNull: true);
        Text(json, nameof(value.CgroupnsMode), value.CgroupnsMode);
        Texts(json, nameof(value.Dns), value.Dns, orNull: true);
        Texts(json, nameof(value.DnsOptions), value.DnsOptions, orNull: true);
        Texts(json, nameof(value.DnsSearch), value.DnsSearch, orNull: true);
        Texts(json, nameof(value.ExtraHosts), value.ExtraHosts, orNull: true);
        Texts(json, nameof(value.GroupAdd), value.GroupAdd, orNull: true);
        Text(json, nameof(value.IpcMode), value.IpcMode);
        Text(json, nameof(value.Cgroup), value.Cgroup);
        Texts(json, nameof(value.Links), value.Links, orNull: true);
        json.WriteNumber(nameof(value.OomScoreAdj), value.OomScoreAdj);
        Text(json, nameof(value.PidMode), value.PidMode);
        json.WriteBoolean(nameof(value.Privileged), value.Privileged);
        json.WriteBoolean(nameof(value.PublishAllPorts), value.PublishAllPorts);
        json.WriteBoolean(nameof(value.ReadonlyRootfs), value.ReadonlyRootfs);
        Texts(json, nameof(value.SecurityOpt), value.SecurityOpt, orNull: true);
        Texts(json, nameof(value.StorageOpt), value.StorageOpt);
        Texts(json, nameof(value.Tmpfs), value.Tmpfs);
        Text(json, nameof(value.UTSMode), value.UTSMode);
        Text(json, nameof(value.UsernsMode), value.UsernsMode);
        json.WriteNumber(nameof(value.ShmSize), value.ShmSize);
        Texts(json, nameof(value.Sysctls), value.Sysctls);
        Text(json, nameof(value.Runtime), value.Runtime);
        Text(json, nameof(value.Isolation), value.Isolation);
        Texts(json, nameof(value.MaskedPaths), value.MaskedPaths, orNull: true);
        Texts(json, nameof(value.ReadonlyPaths), value.ReadonlyPaths, orNull: true);
    }

    private static void Members(Utf8JsonWriter json, HostConfigLogConfig value)
    {
        Text(json, nameof(value.Type), value.Type);
        Texts(json, nameof(value.Config), value.Config);
    }

    private static void Members(Utf8JsonWriter json, RestartPolicy value)
    {
        Text(json, nameof(value.Name), value.Name);
        json.WriteNumber(nameof(value.MaximumRetryCount), value.MaximumRetryCount);
    }

    private static void Members(Utf8JsonWriter json, HostConfigBlkioWeightDevice value)
    {
        Text(json, nameof(value.Path), value.Path);
        json.WriteNumber(nameof(value.Weight), value.Weight);
    }

    private static void Members(Utf8JsonWriter json, ThrottleDevice value)
    {
        Text(json, nameof(value.Path), value.Path);
        json.WriteNumber(nameof(value.Rate), value.Rate);
    }

    private static void Members(Utf8JsonWriter json, DeviceMapping value)
    {
        Text(json, nameof(value.PathOnHost), value.PathOnHost);
        Text(json, nameof(value.PathInContainer), value.PathInContainer);
        Text(json, nameof(value.CgroupPermissions), value.CgroupPermissions);
    }

    private static void Members(Utf8JsonWriter json, DeviceRequest value)
    {
        Text(json, nameof(value.Driver), value.Driver);
        json.WriteNumber(nameof(value.Count), value.Count);
        Texts(json, nameof(value.DeviceIDs), value.DeviceIDs);
        Lists(json, nameof(value.Capabilities), value.Capabilities);
        Texts(json, nameof(value.Options), value.Options);
    }

    private static void Members(Utf8JsonWriter json, HostConfigUlimits value)
    {
        Text(json, nameof(value.Name), value.Name);
        json.WriteNumber(nameof(value.Soft), value.Soft);
        json.WriteNumber(nameof(value.Hard), value.Hard);
    }

    private static void Members(Utf8JsonWriter json, PortBinding value)
    {
        Text(json, nameof(value.HostIp), value.HostIp);
        Text(json, nameof(value.HostPort), value.HostPort);
    }

    private static void Members(Utf8JsonWriter json, MountRequest value)
    {
        Text(json, nameof(value.Target), value.Target);
        Text(json, nameof(value.Source), value.Source);
        Text(json, nameof(value.Type), value.Type);
        json.WriteBoolean(nameof(value.ReadOnly), value.ReadOnly);
        Text(json, nameof(value.Consistency), value.Consistency);
        Object(json, nameof(value.BindOptions), value.BindOptions, Members);
        Object(json, nameof(value.VolumeOptions), value.VolumeOptions, Members);
        Object(json, nameof(value.ImageOptions), value.ImageOptions, Members);
        Object(json, nameof(value.TmpfsOptions), value.TmpfsOptions, Members);
    }

    private static void Members(Utf8JsonWriter json, MountRequestBindOptions value)
    {
        Text(json, nameof(value.Propagation), value.Propagation);
        json.WriteBoolean(nameof(value.NonRecursive), value.NonRecursive);
        json.WriteBoolean(nameof(value.CreateMountpoint), value.CreateMountpoint);
        json.WriteBoolean(nameof(value.ReadOnlyNonRecursive), value.ReadOnlyNonRecursive);
        json.WriteBoolean(nameof(value.ReadOnlyForceRecursive), value.ReadOnlyForceRecursive);
    }

    private static void Members(Utf8JsonWriter json, MountRequestVolumeOptions value)
    {
        json.WriteBoolean(nameof(value.NoCopy), value.NoCopy);
        Texts(json, nameof(value.Labels), value.Labels);
        Object(json, nameof(value.DriverConfig), value.DriverConfig, Members);
        Text(json, nameof(value.Subpath), value.Subpath);
    }

    private static void Members(Utf8JsonWriter json, MountRequestVolumeOptionsDriverConfig value)
    {
        Text(json, nameof(value.Name), value.Name);
        Texts(json, nameof(value.Options), value.Options);
    }

    private static void Members(Utf8JsonWriter json, MountRequestImageOptions value)
    {
        Text(json, nameof(value.Subpath), value.Subpath);
    }

    private static void Members(Utf8JsonWriter json, MountRequestTmpfsOptions value)
    {
        json.WriteNumber(nameof(value.SizeBytes), value.SizeBytes);
        json.WriteNumber(nameof(value.Mode), value.Mode);
        Lists(json, nameof(value.Options), value.Options);
    }
}
