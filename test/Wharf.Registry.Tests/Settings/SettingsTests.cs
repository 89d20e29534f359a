using Wharf.Primitives;
using Wharf.Registry.Settings;

namespace Wharf.Registry.Tests.Settings;

public sealed class SettingsTests
{
    [Fact]
    public void File_OfDockersImage_IsUnderstood()
    {
        RegistryOptions options = Bind(file: """
            version: 0.1
            log:
              fields:
                service: registry
            storage:
              cache:
                blobdescriptor: inmemory
              filesystem:
                rootdirectory: /srv/registry
              delete:
                enabled: false
            http:
              addr: :5001
              headers:
                X-Content-Type-Options: [nosniff]
            health:
              storagedriver:
                enabled: true
                interval: 10s
                threshold: 3
            notifications:
              endpoints:
                - name: alistener
                  url: https://mylistener.example.com/event
                  headers:
                    Authorization: [Bearer abc]
                  timeout: 1s
                  threshold: 10
                  backoff: 1s
                  ignore:
                    mediatypes: [application/octet-stream]
                    actions: [pull]
                - name: off
                  disabled: true
                  url: http://x/
            """);
        Assert.Equal((":5001", "/srv/registry", false, 3), (options.Address, options.Root, options.Limits.AllowDelete, options.HealthThreshold));
        Assert.Equal([KeyValuePair.Create("X-Content-Type-Options", "nosniff")], options.Headers);
        Assert.Equal([KeyValuePair.Create("service", "registry")], options.LogFields);
        var hook = Assert.Single(options.Webhooks);
        Assert.Equal(("alistener", "Bearer abc", "application/octet-stream", "pull", 10), (hook.Name, hook.Headers[0].Value, hook.IgnoredMediaTypes[0], hook.IgnoredActions[0], hook.Threshold));
    }

    [Fact]
    public void Environment_WinsOverTheFile_AndFlagsOverBoth()
    {
        RegistryOptions options = Bind(
            file: "http: {addr: ':1'}\nstorage: {filesystem: {rootdirectory: /file}}\nlog: {level: warn}",
            environment: [("REGISTRY_HTTP_ADDR", ":2"), ("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/env"), ("REGISTRY_STORAGE_DELETE_ENABLED", "false"), ("REGISTRY_HTTP_HEADERS_X-A", "[b, c]"),
                ("REGISTRY_PORT", "tcp://10.0.0.1:5000"), ("REGISTRY_SERVICE_HOST", "10.0.0.1"), ("REGISTRY_PORT_5000_TCP_ADDR", "x"), ("OTHER", "y")],
            flags: ["--addr", ":3", "--read-only"]);
        Assert.Equal((":3", "/env", true, false), (options.Address, options.Root, options.Limits.ReadOnly, options.Limits.AllowDelete));
        Assert.Equal(["b", "c"], options.Headers.Select(h => h.Value));
    }

    [Theory]
    [InlineData("", "REGISTRY_STORAGE_S3_BUCKET=x", "", "REGISTRY_STORAGE_S3_BUCKET")]
    [InlineData("", "REGISTRY_HTTP_ADR=:5", "", "REGISTRY_HTTP_ADR")]
    [InlineData("storage: {s3: {bucket: x}}", "", "", "storage.s3.bucket")]
    [InlineData("redis: {addr: x}", "", "", "redis.addr")]
    [InlineData("http: {addr: [}", "", "", "line 1")]
    [InlineData("a: &x 1\nb: *x", "", "", "alias")]
    [InlineData("", "", "--bogus", "--bogus")]
    [InlineData("", "", "--addr", "needs an argument")]
    [InlineData("", "", "--gc-grace=soon", "storage.gc.grace")]
    [InlineData("", "", "--delete=maybe", "storage.delete.enabled")]
    [InlineData("", "", "--tls-cert=x", "http.tls.key")]
    [InlineData("", "", "--issue-tokens", "auth.htpasswd.path")]
    [InlineData("", "", "--token-realm=http://x", "auth.token.issuer")]
    [InlineData("", "", "--proxy=ftp://x", "proxy.remoteurl")]
    [InlineData("", "REGISTRY_STORAGE_CACHE_BLOBDESCRIPTOR=redis", "", "storage.cache.blobdescriptor")]
    [InlineData("notifications: {endpoints: [{url: 'http://x', bogus: 1}]}", "", "", "bogus")]
    public void Option_ThatCannotBe_IsRefusedByName(string file, string variable, string flag, string named)
    {
        (string, string)[] environment = variable.Length == 0 ? [] : [(variable.Split('=')[0], variable.Split('=')[1])];
        var refused = Assert.Throws<WharfException>(() => Bind(file.Length == 0 ? null : file, environment, flag.Length == 0 ? [] : [flag]));
        Assert.Contains(named, refused.Message);
    }

    [Fact]
    public void Option_HasOneNameOnly()
    {
        Assert.Equal(OptionTable.All.Count, OptionTable.All.Select(o => o.Key).Distinct().Count());
        Assert.Equal(OptionTable.All.Count, OptionTable.All.Select(o => o.Variable).Distinct().Count());
        string help = HelpText.Render();
        Assert.All(OptionTable.All, o => Assert.Contains(o.Flag is null ? o.Key : $"--{o.Flag}", help));
    }

    private static RegistryOptions Bind(string? file = null, (string, string)[]? environment = null, string[]? flags = null)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, file ?? "");
            return OptionsBinder.Bind(OptionReader.Read(
                file is null ? flags ?? [] : [.. flags ?? [], path],
                (environment ?? []).Select(e => KeyValuePair.Create(e.Item1, e.Item2))));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
