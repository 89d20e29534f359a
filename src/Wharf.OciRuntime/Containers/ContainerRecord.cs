using System.Globalization;
using System.Text.Json;

namespace Wharf.OciRuntime.Containers;

/// <summary>
/// What is kept of a container between commands, besides a copy of its config.json: state.json in its directory below the root.
/// </summary>
internal sealed record ContainerRecord
{
    public required string Id { get; init; }

    public required string Bundle { get; init; }

    public required string Rootfs { get; init; }

    public int Pid { get; init; }

    /// <summary>The process's start time in clock ticks: tells it from a later one with the same pid.</summary>
    public ulong StartTime { get; init; }

    /// <summary>Below the cgroup hierarchies.</summary>
    public required string CgroupPath { get; init; }

    public DateTimeOffset Created { get; init; }

    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, Id);
            json.WriteString("bundle"u8, Bundle);
            json.WriteString("rootfs"u8, Rootfs);
            json.WriteNumber("pid"u8, Pid);
            json.WriteNumber("startTime"u8, StartTime);
            json.WriteString("cgroupPath"u8, CgroupPath);
            json.WriteNumber("created"u8, Created.ToUnixTimeMilliseconds());
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <exception cref="JsonException">Not a state file of ours.</exception>
    public static ContainerRecord FromJson(ReadOnlySpan<byte> bytes)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(bytes);
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                json.Read();
                members[name] = json.TokenType == JsonTokenType.String ? json.GetString()! : System.Text.Encoding.ASCII.GetString(json.ValueSpan);
            }
        }

        string Member(string name) => members.TryGetValue(name, out string? value) ? value : throw new JsonException($"no \"{name}\"");
        return new ContainerRecord
        {
            Id = Member("id"),
            Bundle = Member("bundle"),
            Rootfs = Member("rootfs"),
            Pid = int.Parse(Member("pid"), CultureInfo.InvariantCulture),
            StartTime = ulong.Parse(Member("startTime"), CultureInfo.InvariantCulture),
            CgroupPath = Member("cgroupPath"),
            Created = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(Member("created"), CultureInfo.InvariantCulture)),
        };
    }
}
