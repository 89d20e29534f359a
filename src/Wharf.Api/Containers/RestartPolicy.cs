namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>RestartPolicy</c>.</summary>
public sealed class RestartPolicy : Changeable<RestartPolicy>
{
    public string? Name { get; set; }

    public long MaximumRetryCount { get; set; }
}
