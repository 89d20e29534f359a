using Wharf.Images;
using Wharf.Network;
using Wharf.Runtime.Shims;
using Wharf.State;

namespace Wharf.Engine;

/// <summary>The rooms below that an engine stands on; it owns none of them.</summary>
public sealed record EngineParts
{
    public required IStateDatabase State { get; init; }

    public required IShimFactory Shims { get; init; }

    public required IImageService Images { get; init; }

    public required INetworkController Networks { get; init; }

    public required IEngineLog Log { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
