using System.Text;
using System.Text.Json;
using Wharf.Runtime.Cgroups;

namespace Wharf.OciRuntime.Resources;

/// <summary>Lines of <c>events</c>, with runc's member names. Times in nanoseconds, memory in bytes.</summary>
internal static class EventJson
{
    public static string OutOfMemory(string id) => Line("oom", id, null);

    public static string Statistics(string id, CgroupStatistics statistics) => Line("stats", id, statistics);

    private static string Line(string type, string id, CgroupStatistics? statistics)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteString("id"u8, id);
            if (statistics is not null)
            {
                json.WriteStartObject("data"u8);
                Cpu(json, statistics);
                Memory(json, statistics);
                json.WriteStartObject("pids"u8);
                json.WriteNumber("current"u8, statistics.Pids);
                json.WriteNumber("limit"u8, statistics.PidsLimit == ulong.MaxValue ? 0 : statistics.PidsLimit);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Cpu(Utf8JsonWriter json, CgroupStatistics statistics)
    {
        json.WriteStartObject("cpu"u8);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("total"u8, statistics.CpuNanoseconds);
        json.WriteStartArray("percpu"u8);
        foreach (ulong cpu in statistics.PerCpuNanoseconds)
        {
            json.WriteNumberValue(cpu);
        }

        json.WriteEndArray();
        json.WriteNumber("kernel"u8, statistics.CpuSystemNanoseconds);
        json.WriteNumber("user"u8, statistics.CpuUserNanoseconds);
        json.WriteEndObject();
        json.WriteStartObject("throttling"u8);
        json.WriteNumber("periods"u8, statistics.ThrottlingPeriods);
        json.WriteNumber("throttledPeriods"u8, statistics.ThrottledPeriods);
        json.WriteNumber("throttledTime"u8, statistics.ThrottledNanoseconds);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Memory(Utf8JsonWriter json, CgroupStatistics statistics)
    {
        json.WriteStartObject("memory"u8);
        json.WriteNumber("cache"u8, statistics.MemoryStatistics.GetValueOrDefault(statistics.IsUnified ? "file" : "cache"));
        json.WriteStartObject("usage"u8);
        json.WriteNumber("limit"u8, statistics.MemoryLimitBytes);
        json.WriteNumber("usage"u8, statistics.MemoryBytes);
        json.WriteNumber("max"u8, statistics.MemoryMaxBytes);
        json.WriteNumber("failcnt"u8, statistics.MemoryFailures);
        json.WriteEndObject();
        json.WriteStartObject("raw"u8);
        foreach ((string name, ulong value) in statistics.MemoryStatistics)
        {
            json.WriteNumber(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
