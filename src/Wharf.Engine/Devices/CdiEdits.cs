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

    /// <summary>Programs of the host, by the name of the point at which they run (createRuntime, ...).</summary>
    public IReadOnlyList<(string Point, HookSpec Hook)> Hooks { get; init; } = [];

    public static readonly CdiEdits None = new();

    public CdiEdits With(CdiEdits other) => new()
    {
        Environment = [.. Environment, .. other.Environment],
        Nodes = [.. Nodes, .. other.Nodes],
        Rules = [.. Rules, .. other.Rules],
        Mounts = [.. Mounts, .. other.Mounts],
        Groups = [.. Groups, .. other.Groups],
        Hooks = [.. Hooks, .. other.Hooks],
    };

    /// <summary>The hooks as the specification has them; null where there are none.</summary>
    public HooksSpec? HooksOfSpec() => Hooks.Count == 0 ? null : new HooksSpec
    {
        Prestart = At("prestart"),
        CreateRuntime = At("createRuntime"),
        CreateContainer = At("createContainer"),
        StartContainer = At("startContainer"),
        Poststart = At("poststart"),
        Poststop = At("poststop"),
    };

    private List<HookSpec>? At(string point)
    {
        List<HookSpec> hooks = [.. Hooks.Where(h => h.Point == point).Select(h => h.Hook)];
        return hooks.Count == 0 ? null : hooks;
    }
}
