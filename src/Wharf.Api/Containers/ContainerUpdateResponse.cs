using System.Text.Json.Serialization;

namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>ContainerUpdateResponse</c>.</summary>
public sealed class ContainerUpdateResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Warnings { get; set; }
}
