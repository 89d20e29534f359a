namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>SubnetStatus</c>.</summary>
public sealed class SubnetStatus
{
    public ulong IPsInUse { get; set; }

    public ulong DynamicIPsAvailable { get; set; }
}
