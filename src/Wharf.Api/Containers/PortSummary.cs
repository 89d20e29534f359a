using System.Text.Json.Serialization;

namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>PortSummary</c>.</summary>
public sealed class PortSummary
{
    [JsonPropertyName("IP")]
    public string? Ip { get; set; }

    public long PrivatePort { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long PublicPort { get; set; }

    public string? Type { get; set; }
}
