namespace Wharf.Api.Containers;

/// <summary>The body of <c>POST /containers/{id}/update</c>: new resources and, if given, a new restart policy.</summary>
public sealed class ContainerUpdateRequest
{
    public long? CpuShares { get; set; }

    public long? Memory { get; set; }

    public long? BlkioWeight { get; set; }

    public List<HostConfigBlkioWeightDevice>? BlkioWeightDevice { get; set; }

    public List<ThrottleDevice>? BlkioDeviceReadBps { get; set; }

    public List<ThrottleDevice>? BlkioDeviceWriteBps { get; set; }

    public List<ThrottleDevice>? BlkioDeviceReadIOps { get; set; }

    public List<ThrottleDevice>? BlkioDeviceWriteIOps { get; set; }

    public long? CpuPeriod { get; set; }

    public long? CpuQuota { get; set; }

    public long? CpuRealtimePeriod { get; set; }

    public long? CpuRealtimeRuntime { get; set; }

    public string? CpusetCpus { get; set; }

    public string? CpusetMems { get; set; }

    public long? MemoryReservation { get; set; }

    public long? MemorySwap { get; set; }

    public long? NanoCpus { get; set; }

    public long? PidsLimit { get; set; }

    public RestartPolicy? RestartPolicy { get; set; }
}
