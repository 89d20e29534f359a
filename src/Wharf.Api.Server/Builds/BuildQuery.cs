using System.Text.Json;
using Wharf.Api.Json;
using Wharf.Api.Server.Images;
using Wharf.Api.System;
using Wharf.Build.Attestations;
using Wharf.Build.Execution;
using Wharf.Engine.Builds;
using Wharf.Engine.Builds.Caches;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Api.Server.Builds;

/// <summary>The parameters of <c>POST /build</c>. One that asks for what this builder does not do is refused by its name.</summary>
internal static class BuildQuery
{
    private const string RegistryConfigHeader = "X-Registry-Config";

    public static BuildOrder Read(ApiCall call)
    {
        Refuse(call.Query("version") is "2", "BuildKit builds (version=2): set DOCKER_BUILDKIT=0");
        Refuse(call.Query("outputs") is { Length: > 0 } outputs && outputs != "[]", "outputs");
        Refuse(call.Query("isolation") is { Length: > 0 } isolation && isolation != "default", $"isolation={call.Query("isolation")}");
        var request = new BuildRequest
        {
            Tags = [.. call.QueryAll("t").Where(t => t.Length > 0).Select(Tag)],
            Target = call.Query("target"),
            Arguments = Pairs(call, "buildargs").ToDictionary(p => p.Key, p => (string?)p.Value),
            Labels = Pairs(call, "labels"),
            Platform = call.Query("platform") is { Length: > 0 } platform ? platform : null,
            Pull = call.Flag("pull"),
            NoCache = call.Flag("nocache"),
            NoCacheStages = [.. call.QueryAll("nocachefilter").SelectMany(s => s.Split(',')).Where(s => s.Length > 0)],
            CacheFrom = List(call, "cachefrom"),
            CacheFromAlone = !call.Flag("events"),
            Explain = call.Flag("explain"),
            Squash = call.Flag("squash"),
            RewriteTimestamps = call.Flag("rewritetimestamp"),
            Remove = call.Flag("rm", otherwise: true),
            KeepFailed = !call.Flag("forcerm"),
            Entitlements = Entitlements.Parse(call.QueryAll("allow")),
            Attestations = AttestationOptions.Parse(Pairs(call, "attests")),
            ToldProvenance = call.Query("provenance") is { Length: > 0 } told ? ProvenanceOptions.Parse(new Dictionary<string, string> { ["mode"] = told }) : null,
            VersionControl = Pairs(call, "vcs"),
            Description = new BuildDescription
            {
                Annotations = Pairs(call, "annotations"),
                EntryAnnotations = Pairs(call, "entryannotations"),
                IndexAnnotations = Pairs(call, "indexannotations"),
            },
            Network = call.Query("networkmode") is { Length: > 0 } network ? network : "default",
            Limits = Limits(call),
        };
        string? remote = call.Query("remote");
        Refuse(remote == "client-session", "remote=client-session: set DOCKER_BUILDKIT=0");
        return new BuildOrder
        {
            Request = request,
            BuildId = call.Query("buildid"),
            NamedContexts = Pairs(call, "contexts"),
            Context = call.Http.Request.Body,
            RemoteContext = remote,
            Client = LocalClients.Of(call),
            Folder = call.Query("folder"),
            ContextKey = call.Query("contextkey"),
            ContextBase = call.Query("contextbase"),
            Dockerfile = call.Query("dockerfile") is { Length: > 0 } file ? file : "Dockerfile",
            CacheTo = [.. List(call, "cacheto").Select(CacheSpec.To)],
            Credentials = Credentials(call),
        };
    }

    private static BuildLimits Limits(ApiCall call) => new()
    {
        Memory = call.Number("memory") ?? 0,
        MemorySwap = call.Number("memswap") ?? 0,
        CpuShares = call.Number("cpushares") ?? 0,
        CpuPeriod = call.Number("cpuperiod") ?? 0,
        CpuQuota = call.Number("cpuquota") ?? 0,
        CpusetCpus = call.Query("cpusetcpus"),
        CpusetMems = call.Query("cpusetmems"),
        CgroupParent = call.Query("cgroupparent"),
        ShmSize = call.Number("shmsize") ?? 0,
        ExtraHosts = [.. call.QueryAll("extrahosts").SelectMany(h => h.Split(',')).Where(h => h.Length > 0)],
        Ulimits = Ulimits(call),
        SecurityOptions = List(call, "securityopt"),
    };

    private static List<(string Name, long Soft, long Hard)> Ulimits(ApiCall call) =>
        call.Query("ulimits") is not { Length: > 0 } text || text == "null" ? []
        : [.. Parse(text, ApiJson.Context.ListHostConfigUlimits, "ulimits").Select(u => (u.Name ?? "", u.Soft, u.Hard))];

    private static List<string> List(ApiCall call, string name) =>
        call.Query(name) is { Length: > 0 } text && text != "null" ? Parse(text, ApiJson.Context.ListString, name) : [];

    private static Dictionary<string, string> Pairs(ApiCall call, string name)
    {
        if (call.Query(name) is not { Length: > 0 } text || text == "null")
        {
            return [];
        }

        // A value of null stands for a variable that the client does not have.
        var pairs = Parse(text, ApiJson.Context.DictionaryStringString, name);
        return pairs.Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value);
    }

    private static T Parse<T>(string json, global::System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw WharfException.Invalid($"the parameter {name} is empty");
        }
        catch (JsonException error)
        {
            throw WharfException.Invalid($"error reading the parameter {name}: {error.Message}", error);
        }
    }

    private static ImageReference Tag(string text)
    {
        var reference = ImageReference.Parse(text);
        return reference.Digest.IsEmpty ? reference : throw WharfException.Invalid("build tag cannot contain a digest");
    }

    private static Func<string, RegistryCredentials?> Credentials(ApiCall call)
    {
        if (call.Header(RegistryConfigHeader) is not { Length: > 0 } header)
        {
            return _ => null;
        }

        try
        {
            byte[] json = global::System.Buffers.Text.Base64Url.DecodeFromChars(header.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
            var known = JsonSerializer.Deserialize(json, ApiJson.Context.DictionaryStringAuthConfig) ?? [];
            return domain => Find(known, domain) is { } config ? RegistryAuth.Of(config) : null;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            throw WharfException.Invalid($"invalid {RegistryConfigHeader} header: {error.Message}", error);
        }
    }

    private static AuthConfig? Find(Dictionary<string, AuthConfig> known, string domain) =>
        known.GetValueOrDefault(domain) ?? (domain == ImageReference.DefaultDomain ? known.GetValueOrDefault("https://index.docker.io/v1/") : null);

    private static void Refuse(bool asked, string what)
    {
        if (asked)
        {
            throw WharfException.Unsupported($"this builder does not support {what}");
        }
    }
}
