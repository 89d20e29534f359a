namespace Wharf.Shim.Streams;

/// <summary>
/// How patient a shim is with clients that do not read. Up to <see cref="HighWater"/> bytes wait for each client; when one has more, the
/// container is held back (its pipe is not read, as Docker does), until that client is below <see cref="LowWater"/>. A client that takes
/// nothing at all for the time given is cut off, so that no container stands still for ever: sooner when others are attached and wait for it.
/// </summary>
internal sealed record StreamLimits
{
    public int HighWater { get; init; } = 1 << 20;

    public int LowWater { get; init; } = 1 << 18;

    public TimeSpan StallAlone { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan StallAmongOthers { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may take for the rest after the process has ended and the daemon has let go of the shim.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(10);

    public int MaxClients { get; init; } = 1024;
}
