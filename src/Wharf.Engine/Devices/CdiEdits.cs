using Wharf.Oci.Runtime;

namespace Wharf.Engine.Devices;

/// <summary>What devices of the Container Device Interface add to a container (CDI specification 1.0, "containerEdits").</summary>
internal sealed record CdiEdits
{
    public IReadOnlyList<string> Environment { get; init; } = [];

    public IReadOnlyList<LinuxDevice> Nodes { get; init; } = [];

    public IReadOnlyList<LinuxDeviceRule> Rules { get; init; } = [];

    public IReadOnlyList<MountSpec> Mounts { get; init; } = [];

    public IReadOnlyList<uint> Groups { get; init; } = [];

    public static readonly CdiEdits None = new();

    public CdiEdits With(CdiEdits other) => new()
    {
        Environment = [.. Environment, .. other.Environment],
        Nodes = [.. Nodes, .. other.Nodes],
        Rules = [.. Rules, .. other.Rules],
        Mounts = [.. Mounts, .. other.Mounts],
        Groups = [.. Groups, .. other.Groups],
    };
}
