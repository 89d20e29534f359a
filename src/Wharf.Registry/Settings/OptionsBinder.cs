using Microsoft.Extensions.Logging;
using Wharf.Primitives;
using Wharf.Registry.Endpoints;
using Wharf.Registry.Notifications;
using Wharf.Registry.Storage;
using Wharf.Registry.Upstream;

namespace Wharf.Registry.Settings;

/// <summary>From words to options; what contradicts itself is refused here, all at once.</summary>
internal static class OptionsBinder
{
    /// <exception cref="WharfException">InvalidArgument: all that is wrong.</exception>
    public static RegistryOptions Bind(OptionValues v)
    {
        List<string> problems = [.. Problems(v)];
        if (problems.Count > 0)
        {
            throw WharfException.Invalid(string.Join("; ", problems));
        }

        return new RegistryOptions
        {
            Address = v.Text("http.addr", ":5000"),
            IsUnixSocket = v.Text("http.net", "tcp") == "unix",
            DebugAddress = v.Has("http.debug.addr") ? v.Text("http.debug.addr") : null,
            Metrics = v.Flag("http.debug.prometheus.enabled", true),
            MetricsPath = v.Text("http.debug.prometheus.path", "/metrics"),
            Host = v.Has("http.host") ? v.Text("http.host") : null,
            RelativeUrls = v.Flag("http.relativeurls", true),
            Secret = v.Text("http.secret"),
            DrainTimeout = v.Duration("http.draintimeout", TimeSpan.FromSeconds(10)),
            Headers = [.. v.Below("http.headers").SelectMany(h => h.Values.Select(value => KeyValuePair.Create(h.Name, value)))],
            Tls = v.Has("http.tls.certificate")
                ? new TlsFiles(v.Text("http.tls.certificate"), v.Text("http.tls.key"), v.List("http.tls.clientcas"), v.Text("http.tls.minimumtls") == "tls1.3")
                : null,
            Root = v.Text("storage.filesystem.rootdirectory", "/var/lib/registry"),
            MaxThreads = (int)v.Number("storage.filesystem.maxthreads", 0),
            Limits = Limits(v),
            Purging = new UploadPurging(
                v.Flag("storage.maintenance.uploadpurging.enabled", true),
                v.Duration("storage.maintenance.uploadpurging.age", TimeSpan.FromHours(168)),
                v.Duration("storage.maintenance.uploadpurging.interval", TimeSpan.FromHours(24)),
                v.Flag("storage.maintenance.uploadpurging.dryrun", false)),
            GcInterval = v.Duration("storage.gc.interval", TimeSpan.FromHours(1)),
            Garbage = Garbage(v),
            Passwords = Passwords(v),
            TokenServer = v.Has("auth.token.realm")
                ? new TokenServerOptions(v.Text("auth.token.realm"), v.Text("auth.token.service"), v.Text("auth.token.issuer"),
                    v.Has("auth.token.rootcertbundle") ? v.Text("auth.token.rootcertbundle") : null, v.Has("auth.token.jwks") ? v.Text("auth.token.jwks") : null)
                : null,
            Upstream = v.Has("proxy.remoteurl") ? Upstream(v) : null,
            Webhooks = [.. v.List("notifications.webhooks").Select(url => new WebhookTarget { Name = url, Address = Url(url, "notifications.webhooks") }), .. Listeners(v)],
            HealthInterval = v.Duration("health.storagedriver.interval", TimeSpan.FromSeconds(10)),
            HealthThreshold = (int)v.Number("health.storagedriver.threshold", 1),
            HealthLooksAtStore = v.Flag("health.storagedriver.enabled", true),
            LogLevel = Level(v.Text("log.level", "info")),
            LogAsJson = v.Text("log.formatter", "text") == "json",
            LogFields = [.. v.Below("log.fields").Select(f => KeyValuePair.Create(f.Name, string.Join(',', f.Values)))],
            AccessLog = !v.Flag("log.accesslog.disabled", false),
        };
    }

    private static IEnumerable<string> Problems(OptionValues v)
    {
        string? OneOf(string key, params string[] values) =>
            v.Has(key) && !values.Contains(v.Text(key)) ? $"invalid value \"{v.Text(key)}\" for {key}: expected {string.Join(" or ", values)}" : null;

        string?[] choices =
        [
            OneOf("version", "0.1", "1"), OneOf("http.net", "tcp", "unix"), OneOf("http.tls.minimumtls", "tls1.2", "tls1.3"), OneOf("log.formatter", "text", "json"),
            OneOf("storage.cache.blobdescriptor", "inmemory"), OneOf("validation.manifests.indexes.platforms", "all", "none"),
        ];
        foreach (string choice in choices.OfType<string>())
        {
            yield return choice;
        }

        if (v.Has("http.tls.certificate") != v.Has("http.tls.key"))
        {
            yield return "http.tls.certificate and http.tls.key go together";
        }

        if (v.Has("http.tls.clientcas") && !v.Has("http.tls.certificate"))
        {
            yield return "http.tls.clientcas needs http.tls.certificate";
        }

        if (v.Has("auth.htpasswd.path") && v.Has("auth.token.realm"))
        {
            yield return "auth.htpasswd and auth.token exclude each other";
        }

        string[] ofPasswords = ["auth.issue.enabled", "auth.access.path", "auth.htpasswd.realm"];
        foreach (string key in ofPasswords.Where(k => v.Has(k) && !v.Has("auth.htpasswd.path")))
        {
            yield return $"{key} needs auth.htpasswd.path";
        }

        if (v.Has("auth.token.realm"))
        {
            string[] needed = ["auth.token.service", "auth.token.issuer"];
            foreach (string key in needed.Where(k => !v.Has(k)))
            {
                yield return $"auth.token.realm needs {key}";
            }

            if (!v.Has("auth.token.rootcertbundle") && !v.Has("auth.token.jwks"))
            {
                yield return "auth.token.realm needs auth.token.rootcertbundle or auth.token.jwks";
            }
        }
        else if (v.Has("auth.token.service") || v.Has("auth.token.issuer") || v.Has("auth.token.rootcertbundle") || v.Has("auth.token.jwks"))
        {
            yield return "auth.token needs auth.token.realm";
        }

        string[] ofProxy = ["proxy.username", "proxy.ttl", "proxy.freshness"];
        foreach (string key in ofProxy.Where(k => v.Has(k) && !v.Has("proxy.remoteurl")))
        {
            yield return $"{key} needs proxy.remoteurl";
        }

        if (v.Has("storage.gc.untagged") && v.Has("storage.gc.untaggedafter"))
        {
            yield return "storage.gc.untagged and storage.gc.untaggedafter exclude each other";
        }
    }

    private static RegistryLimits Limits(OptionValues v) => new()
    {
        ReadOnly = v.Flag("storage.maintenance.readonly.enabled", false),
        AllowDelete = v.Flag("storage.delete.enabled", true),
        AllowForeignLayers = v.Flag("validation.manifests.urls.allowall", false),
        AllowSparseIndexes = v.Text("validation.manifests.indexes.platforms", "all") == "none",
        MaxBlob = v.Number("storage.maxblobsize", long.MaxValue),
        MaxCatalog = (int)Math.Clamp(v.Number("catalog.maxentries", 1000), 1, 100_000),
    };

    private static GarbageRules Garbage(OptionValues v)
    {
        TimeSpan grace = v.Duration("storage.gc.grace", TimeSpan.FromHours(1));
        TimeSpan unused = v.Duration("proxy.ttl", TimeSpan.FromHours(168));
        return new GarbageRules(grace)
        {
            UntaggedAfter = v.Has("storage.gc.untaggedafter") ? v.Duration("storage.gc.untaggedafter", default) : v.Flag("storage.gc.untagged", false) ? grace : null,
            UnusedAfter = v.Has("proxy.remoteurl") && unused > TimeSpan.Zero ? unused : null,
        };
    }

    private static PasswordOptions? Passwords(OptionValues v) => !v.Has("auth.htpasswd.path") ? null : new PasswordOptions(
        v.Text("auth.htpasswd.path"), v.Text("auth.htpasswd.realm", "Registry Realm"), v.Has("auth.access.path") ? v.Text("auth.access.path") : null,
        v.Flag("auth.issue.enabled", false), v.Duration("auth.issue.ttl", TimeSpan.FromMinutes(5)), v.Text("auth.issue.service", "registry"));

    private static UpstreamOptions Upstream(OptionValues v) => new()
    {
        Address = Url(v.Text("proxy.remoteurl"), "proxy.remoteurl"),
        User = v.Text("proxy.username"),
        Password = v.Text("proxy.password"),
        Freshness = v.Duration("proxy.freshness", TimeSpan.Zero),
    };

    private static IEnumerable<WebhookTarget> Listeners(OptionValues v)
    {
        foreach (var listener in v.Below("notifications.endpoints").GroupBy(e => e.Name.Split('.')[0]))
        {
            var one = new OptionValues();
            foreach ((string name, IReadOnlyList<string> values) in listener.Where(e => e.Name.Contains('.', StringComparison.Ordinal)))
            {
                one.Set(name[(listener.Key.Length + 1)..], values);
            }

            string[] known = ["name", "url", "disabled", "timeout", "threshold", "backoff", "ignoredmediatypes", "ignore.mediatypes", "ignore.actions"];
            string? unknown = one.Everything.Select(e => e.Key).FirstOrDefault(k => !known.Contains(k) && !k.StartsWith("headers.", StringComparison.Ordinal));
            if (unknown is not null)
            {
                throw WharfException.Invalid($"notifications.endpoints.{listener.Key}.{unknown} is not an option of this registry");
            }

            if (one.Flag("disabled", false))
            {
                continue;
            }

            yield return new WebhookTarget
            {
                Name = one.Text("name", listener.Key),
                Address = Url(one.Text("url"), $"notifications.endpoints.{listener.Key}.url"),
                Headers = [.. one.Below("headers").SelectMany(h => h.Values.Select(value => KeyValuePair.Create(h.Name, value)))],
                Timeout = one.Duration("timeout", TimeSpan.FromSeconds(5)),
                Threshold = (int)one.Number("threshold", 5),
                Backoff = one.Duration("backoff", TimeSpan.FromSeconds(10)),
                IgnoredMediaTypes = [.. one.List("ignoredmediatypes"), .. one.List("ignore.mediatypes")],
                IgnoredActions = one.List("ignore.actions"),
            };
        }
    }

    private static Uri Url(string text, string key) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
        ? url
        : throw OptionValues.Wrong(key, text, "an http or https URL");

    private static LogLevel Level(string text) => text switch
    {
        "error" => LogLevel.Error,
        "warn" or "warning" => LogLevel.Warning,
        "info" => LogLevel.Information,
        "debug" => LogLevel.Debug,
        _ => throw OptionValues.Wrong("log.level", text, "error, warn, info or debug"),
    };
}
