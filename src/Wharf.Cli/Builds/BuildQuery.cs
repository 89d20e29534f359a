using System.Globalization;
using System.Text;
using System.Text.Json;
using Wharf.Api.Containers;
using Wharf.Cli.Builds.Outputs;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Client.Http;

namespace Wharf.Cli.Builds;

/// <summary>The parameters of <c>POST /build</c>.</summary>
internal static class BuildQuery
{
    public static Query From(Invocation call, BuildContext context, OutputPlan outputs, BuildCaches caches) => new()
    {
        { "t", outputs.Tags },
        { "dockerfile", context.Dockerfile },
        { "remote", context.Remote },
        { "q", call.Bool("quiet") },
        { "nocache", call.Bool("no-cache") },
        { "pull", call.Bool("pull") },
        { "rm", call.Bool("rm") ? "1" : "0" },
        { "rewritetimestamp", outputs.RewritesTimestamps },
        { "squash", call.Bool("squash") },
        { "securityopt", Array(call.List("security-opt")) },
        { "extrahosts", call.List("add-host") },
        { "isolation", call.String("isolation") },
        { "cpusetcpus", call.String("cpuset-cpus") },
        { "cpusetmems", call.String("cpuset-mems") },
        { "cpushares", Number(call, "cpu-shares") },
        { "cpuquota", Number(call, "cpu-quota") },
        { "cpuperiod", Number(call, "cpu-period") },
        { "memory", Number(call, "memory") },
        { "memswap", Number(call, "memory-swap") },
        { "shmsize", Number(call, "shm-size") },
        { "cgroupparent", call.String("cgroup-parent") },
        { "networkmode", call.String("network") },
        { "target", call.String("target") },
        { "platform", call.String("platform").ToLowerInvariant() },
        { "buildargs", Arguments(call) },
        { "labels", Labels(call) },
        { "cachefrom", Array(caches.Sources) },
        { "cacheto", Array(caches.Targets) },
        { "ulimits", Ulimits(call.List("ulimit")) },
        { "version", "1" },
        { "explain", call.Bool("explain") },
        { "nocachefilter", call.List("no-cache-filter") },
        { "allow", call.List("allow") },
        { "contexts", Contexts(context) },
        { "contextkey", context.Known?.Key },
        { "contextbase", context.Known?.Token },
    };

    /// <summary>What is to be said of the result.</summary>
    public static void AddDescription(Query query, IReadOnlyDictionary<string, string> attestations, BuildAnnotations annotations, IReadOnlyDictionary<string, string> versionControl)
    {
        query.Add("attests", Map(attestations));
        query.Add("vcs", Map(versionControl));
        query.Add("annotations", Map(annotations.Manifest));
        query.Add("entryannotations", Map(annotations.Entry));
        query.Add("indexannotations", Map(annotations.Index));
    }

    private static string? Contexts(BuildContext context) => Map(context.Named);

    private static string? Map(IReadOnlyDictionary<string, string> values) => values.Count == 0 ? null : Write(writer =>
    {
        writer.WriteStartObject();
        foreach ((string name, string value) in values)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    });

    private static string? Number(Invocation call, string flag) =>
        call.IsSet(flag) ? call.Int(flag).ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>A bare name takes the client's value, or null: the Dockerfile's default.</summary>
    private static string? Arguments(Invocation call)
    {
        var arguments = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string name, string value) in ProxySettings.For(call.Cli.Config, call.Cli.HostText))
        {
            arguments[name] = value;
        }

        if (call.Cli.Env("SOURCE_DATE_EPOCH") is { } epoch)
        {
            arguments["SOURCE_DATE_EPOCH"] = epoch;
        }

        foreach (string pair in call.List("build-arg"))
        {
            int equals = pair.IndexOf('=');
            arguments[equals < 0 ? pair : pair[..equals]] = equals < 0 ? call.Cli.EnvRaw(pair) : pair[(equals + 1)..];
        }

        return Write(writer =>
        {
            writer.WriteStartObject();
            foreach ((string name, string? value) in arguments)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        });
    }

    private static string? Labels(Invocation call) => Write(writer =>
    {
        writer.WriteStartObject();
        foreach ((string name, string value) in KeyValues.ToMap(call.List("label")))
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    });

    private static string? Array(IReadOnlyList<string> values) => values.Count == 0 ? null : Write(writer =>
    {
        writer.WriteStartArray();
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    });

    private static string? Ulimits(IReadOnlyList<string> limits) => limits.Count == 0 ? null : Write(writer =>
    {
        writer.WriteStartArray();
        foreach (HostConfigUlimits limit in limits.Select(UlimitSpec.Parse))
        {
            writer.WriteStartObject();
            writer.WriteString("Name", limit.Name);
            writer.WriteNumber("Hard", limit.Hard);
            writer.WriteNumber("Soft", limit.Soft);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }
}
