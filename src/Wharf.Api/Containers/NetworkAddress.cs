namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>Address</c>.</summary>
public sealed class NetworkAddress
{
    public string? Addr { get; set; }

    public long PrefixLen { get; set; }
}
