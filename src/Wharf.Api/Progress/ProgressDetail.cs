using System.Text.Json.Serialization;

namespace Wharf.Api.Progress;

/// <summary>How far a step has come. Empty for steps that cannot tell.</summary>
public sealed class ProgressDetail
{
    [JsonPropertyName("current")]
    public long? Current { get; set; }

    [JsonPropertyName("total")]
    public long? Total { get; set; }

    [JsonPropertyName("hidecounts")]
    public bool? HideCounts { get; set; }

    [JsonPropertyName("units")]
    public string? Units { get; set; }
}
