namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>ContainerWaitExitError</c>.</summary>
public sealed class ContainerWaitExitError
{
    public string? Message { get; set; }
}
