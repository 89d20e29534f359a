using Microsoft.Extensions.Logging;
using Wharf.Registry.Endpoints;
using Wharf.Registry.Notifications;
using Wharf.Registry.Storage;
using Wharf.Registry.Upstream;

namespace Wharf.Registry.Settings;

/// <summary>Everything a registry needs to know before it starts.</summary>
internal sealed record RegistryOptions
{
    public string Address { get; init; } = ":5000";

    public bool IsUnixSocket { get; init; }

    public string? DebugAddress { get; init; }

    public bool Metrics { get; init; } = true;

    public string MetricsPath { get; init; } = "/metrics";

    public string? Host { get; init; }

    public bool RelativeUrls { get; init; } = true;

    public string Secret { get; init; } = "";

    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public TlsFiles? Tls { get; init; }

    public string Root { get; init; } = "/var/lib/registry";

    public int MaxThreads { get; init; }

    public RegistryLimits Limits { get; init; } = new();

    public UploadPurging Purging { get; init; } = new();

    public TimeSpan GcInterval { get; init; } = TimeSpan.FromHours(1);

    public GarbageRules Garbage { get; init; } = new(TimeSpan.FromHours(1));

    public PasswordOptions? Passwords { get; init; }

    public TokenServerOptions? TokenServer { get; init; }

    public UpstreamOptions? Upstream { get; init; }

    public IReadOnlyList<WebhookTarget> Webhooks { get; init; } = [];

    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(10);

    public int HealthThreshold { get; init; } = 1;

    public bool HealthLooksAtStore { get; init; } = true;

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public bool LogAsJson { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> LogFields { get; init; } = [];

    public bool AccessLog { get; init; } = true;
}

/// <summary>Files for TLS.</summary>
internal sealed record TlsFiles(string Certificate, string Key, IReadOnlyList<string> ClientAuthorities, bool OnlyTls13);

/// <summary>What becomes of uploads that nobody goes on with.</summary>
internal sealed record UploadPurging(bool Enabled = true, TimeSpan? Age = null, TimeSpan? Interval = null, bool DryRun = false);

/// <summary>Users with passwords: each request has theirs or, when tokens are issued, a token that they got for it.</summary>
internal sealed record PasswordOptions(string File, string Realm, string? AccessFile, bool IssueTokens, TimeSpan TokenLife, string Service);

/// <summary>A token server of somebody else.</summary>
internal sealed record TokenServerOptions(string Realm, string Service, string Issuer, string? Certificates, string? KeySet);
