namespace Wharf.Network.Networks;

/// <summary>
/// A network that exists: its configuration with everything decided that the user left open. The engine stores it when
/// <see cref="INetworkController.CreateNetworkAsync"/> answers and gives it back to <see cref="INetworkController.RestoreAsync"/>.
/// </summary>
public sealed record NetworkRecord
{
    public required string Id { get; init; }

    public required NetworkConfig Config { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>True for bridge, host and none: they cannot be removed.</summary>
    public bool Predefined { get; init; }

    /// <summary>The host's bridge (<c>docker0</c>, <c>br-</c> and twelve digits); empty for drivers without one.</summary>
    public string BridgeName { get; init; } = "";

    /// <summary>The bridge was there before the network and stays when the network goes.</summary>
    public bool AdoptedBridge { get; init; }

    /// <summary>The host's interface that macvlan and ipvlan networks share; empty for other drivers.</summary>
    public string Parent { get; init; } = "";

    /// <summary>The parent was made for this network (an 802.1Q or dummy interface) and goes with it.</summary>
    public bool OwnsParent { get; init; }

    public string Name => Config.Name;

    public string Driver => Config.Driver;
}

/// <summary>A container's place on a network, for <c>network inspect</c>.</summary>
public sealed record NetworkMember(string ContainerId, string ContainerName, Sandboxes.Endpoint Endpoint);
