namespace Wharf.Api.Containers;

/// <summary>The value <c>{}</c> of Go's sets written as maps: <c>"ExposedPorts": {"80/tcp": {}}</c>.</summary>
public sealed class EmptyObject
{
    public static readonly EmptyObject Instance = new();
}
