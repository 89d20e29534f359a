namespace Wharf.Registry.Upstream;

/// <summary>The registry that this one is a cache of.</summary>
internal sealed record UpstreamOptions
{
    public required Uri Address { get; init; }

    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>How long a tag is believed without asking; zero asks every time.</summary>
    public TimeSpan Freshness { get; init; }
}
