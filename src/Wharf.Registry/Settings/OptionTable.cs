namespace Wharf.Registry.Settings;

/// <summary>Every option there is. Keys are those of Docker's registry wherever it has the option too.</summary>
internal static class OptionTable
{
    public static readonly IReadOnlyList<OptionSpec> All =
    [
        new("version", null, OptionKind.Text, "Version of the configuration file (0.1)"),
        new("http.addr", "addr", OptionKind.Text, "Address to listen on (default \":5000\")"),
        new("http.net", null, OptionKind.Text, "tcp or unix"),
        new("http.host", "host", OptionKind.Text, "URL that stands before the paths in answers"),
        new("http.relativeurls", "relative-urls", OptionKind.Flag, "Answer with paths instead of whole URLs (default true)"),
        new("http.secret", null, OptionKind.Text, "Signs the addresses of uploads"),
        new("http.draintimeout", "drain-timeout", OptionKind.Duration, "How long running requests may take after the signal to end (default 10s)"),
        new("http.headers", null, OptionKind.Map, "Headers of every answer"),
        new("http.tls.certificate", "tls-cert", OptionKind.Text, "Certificate file (PEM), with its chain"),
        new("http.tls.key", "tls-key", OptionKind.Text, "Key file (PEM)"),
        new("http.tls.clientcas", "tls-client-ca", OptionKind.List, "Authorities that clients' certificates must come from"),
        new("http.tls.minimumtls", "tls-min", OptionKind.Text, "tls1.2 or tls1.3 (default tls1.2)"),
        new("http.debug.addr", "debug-addr", OptionKind.Text, "Address for /metrics and /healthz alone"),
        new("http.debug.prometheus.enabled", "metrics", OptionKind.Flag, "Serve metrics on the debug address (default true)"),
        new("http.debug.prometheus.path", null, OptionKind.Text, "Path of the metrics (default \"/metrics\")"),
        new("storage.filesystem.rootdirectory", "root", OptionKind.Text, "Folder of the store (default \"/var/lib/registry\")"),
        new("storage.filesystem.maxthreads", null, OptionKind.Number, "Most worker threads"),
        new("storage.delete.enabled", "delete", OptionKind.Flag, "Allow deletion of manifests and blobs (default true)"),
        new("storage.cache.blobdescriptor", null, OptionKind.Text, "inmemory: the index of the store is always in memory"),
        new("storage.maintenance.readonly.enabled", "read-only", OptionKind.Flag, "Refuse every change"),
        new("storage.maintenance.uploadpurging.enabled", null, OptionKind.Flag, "Drop uploads that nobody goes on with (default true)"),
        new("storage.maintenance.uploadpurging.age", "upload-age", OptionKind.Duration, "Their age (default 168h)"),
        new("storage.maintenance.uploadpurging.interval", null, OptionKind.Duration, "How often to look for them (default 24h)"),
        new("storage.maintenance.uploadpurging.dryrun", null, OptionKind.Flag, "Only say which"),
        new("storage.gc.interval", "gc-interval", OptionKind.Duration, "How often to collect garbage; 0 for never (default 1h)"),
        new("storage.gc.grace", "gc-grace", OptionKind.Duration, "How long blobs that no manifest names are kept (default 1h)"),
        new("storage.gc.untagged", "gc-untagged", OptionKind.Flag, "Also collect manifests without a tag"),
        new("storage.gc.untaggedafter", "gc-untagged-after", OptionKind.Duration, "The same, once they have had none for this long"),
        new("storage.maxblobsize", "max-blob-size", OptionKind.Number, "Most bytes of one blob"),
        new("catalog.maxentries", null, OptionKind.Number, "Most repositories in one answer (default 1000)"),
        new("validation.manifests.urls.allowall", "allow-foreign-layers", OptionKind.Flag, "Accept layers that are kept elsewhere (urls)"),
        new("validation.manifests.indexes.platforms", null, OptionKind.Text, "all: an index names only manifests that are here; none: any"),
        new("auth.htpasswd.realm", "htpasswd-realm", OptionKind.Text, "Realm of the password dialogue"),
        new("auth.htpasswd.path", "htpasswd", OptionKind.Text, "File of users and bcrypt hashes"),
        new("auth.access.path", "access", OptionKind.Text, "File of access rules"),
        new("auth.issue.enabled", "issue-tokens", OptionKind.Flag, "Be a token server for the users of --htpasswd"),
        new("auth.issue.ttl", "token-ttl", OptionKind.Duration, "Life of those tokens (default 5m)"),
        new("auth.issue.service", null, OptionKind.Text, "Service name in those tokens (default \"registry\")"),
        new("auth.token.realm", "token-realm", OptionKind.Text, "URL of a token server"),
        new("auth.token.service", "token-service", OptionKind.Text, "Name under which it knows this registry"),
        new("auth.token.issuer", "token-issuer", OptionKind.Text, "Issuer of its tokens"),
        new("auth.token.rootcertbundle", "token-certs", OptionKind.Text, "Certificates of its keys (PEM)"),
        new("auth.token.jwks", "token-jwks", OptionKind.Text, "Its keys as a JSON Web Key Set"),
        new("proxy.remoteurl", "proxy", OptionKind.Text, "Be a cache of the registry at this URL"),
        new("proxy.username", "proxy-username", OptionKind.Text, "User there"),
        new("proxy.password", null, OptionKind.Text, "Password there (better in the environment: REGISTRY_PROXY_PASSWORD)"),
        new("proxy.freshness", "proxy-freshness", OptionKind.Duration, "How long a tag is believed without asking there (default 0)"),
        new("proxy.ttl", "proxy-ttl", OptionKind.Duration, "How long the cache keeps what nobody asks for; 0 for ever (default 168h)"),
        new("notifications.endpoints", null, OptionKind.Map, "Listeners: name, url, headers, timeout, threshold, backoff, ignore, disabled"),
        new("notifications.webhooks", "webhook", OptionKind.List, "URL to notify of pushes, pulls and deletions"),
        new("health.storagedriver.enabled", null, OptionKind.Flag, "Let /healthz look whether the store can be written (default true)"),
        new("health.storagedriver.interval", null, OptionKind.Duration, "How often at most (default 10s)"),
        new("health.storagedriver.threshold", null, OptionKind.Number, "Failures in a row before it says so (default 1)"),
        new("log.level", "log-level", OptionKind.Text, "error, warn, info or debug (default info)"),
        new("log.formatter", "log-format", OptionKind.Text, "text or json (default text)"),
        new("log.fields", null, OptionKind.Map, "Fields of every line of the log"),
        new("log.accesslog.disabled", null, OptionKind.Flag, "No line for each request"),
    ];

    public static OptionSpec? FindFlag(string flag) => All.FirstOrDefault(o => o.Flag == flag);

    /// <summary>The option of a key, or the one whose map the key lies in.</summary>
    public static OptionSpec? FindKey(string key) => All.FirstOrDefault(o => o.Key == key)
        ?? All.FirstOrDefault(o => o.Kind == OptionKind.Map && key.StartsWith(o.Key + ".", StringComparison.Ordinal));
}
