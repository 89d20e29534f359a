using System.Text.Json.Serialization;

namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>ImageHistoryResponseItem</c>.</summary>
public sealed class ImageHistoryResponseItem
{
    public string? Id { get; set; }

    public long Created { get; set; }

    public string? CreatedBy { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Tags { get; set; }

    public long Size { get; set; }

    public string? Comment { get; set; }
}
