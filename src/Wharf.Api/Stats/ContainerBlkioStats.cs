using System.Text.Json.Serialization;

namespace Wharf.Api.Stats;

/// <summary>Engine API 1.55, definition <c>ContainerBlkioStats</c>.</summary>
public sealed class ContainerBlkioStats
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonPropertyName("io_service_bytes_recursive")]
    public List<ContainerBlkioStatEntry>? IoServiceBytesRecursive { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonPropertyName("io_serviced_recursive")]
    public List<ContainerBlkioStatEntry>? IoServicedRecursive { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonPropertyName("io_queue_recursive")]
    public List<ContainerBlkioStatEntry>? IoQueueRecursive { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonPropertyName("io_service_time_recursive")]
    public List<ContainerBlkioStatEntry>? IoServiceTimeRecursive { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonPropertyName("io_wait_time_recursive")]
    public List<ContainerBlkioStatEntry>? IoWaitTimeRecursive { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonPropertyName("io_merged_recursive")]
    public List<ContainerBlkioStatEntry>? IoMergedRecursive { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonPropertyName("io_time_recursive")]
    public List<ContainerBlkioStatEntry>? IoTimeRecursive { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonPropertyName("sectors_recursive")]
    public List<ContainerBlkioStatEntry>? SectorsRecursive { get; set; }
}
