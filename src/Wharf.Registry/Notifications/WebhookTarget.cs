namespace Wharf.Registry.Notifications;

/// <summary>Where notifications go.</summary>
internal sealed record WebhookTarget
{
    public string Name { get; init; } = "";

    public required Uri Address { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Failures in a row after which it pauses for <see cref="Backoff"/> before the next attempt.</summary>
    public int Threshold { get; init; } = 5;

    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(10);

    public IReadOnlyList<string> IgnoredMediaTypes { get; init; } = [];

    public IReadOnlyList<string> IgnoredActions { get; init; } = [];
}
