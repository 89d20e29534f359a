using System.Text.Json.Serialization;

namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>ContainerCreateResponse</c>.</summary>
public sealed class ContainerCreateResponse : Changeable<ContainerCreateResponse>
{
    public string? Id { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Warnings { get; set; }
}
