namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>ContainerWaitResponse</c>.</summary>
public sealed class ContainerWaitResponse
{
    public long StatusCode { get; set; }

    public ContainerWaitExitError? Error { get; set; }
}
