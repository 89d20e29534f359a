using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wharf.Oci.Images;

/// <summary>
/// The <c>config</c> object of an image: the defaults of its containers. Fields and order are those of Docker's container configuration,
/// of which OCI's is a subset; fields that Docker writes even when empty are nullable here, so that a document is written back as it was read.
/// </summary>
public sealed record RunConfig
{
    public string? Hostname { get; set; }

    public string? Domainname { get; set; }

    public string? User { get; set; }

    public bool? AttachStdin { get; set; }

    public bool? AttachStdout { get; set; }

    public bool? AttachStderr { get; set; }

    /// <summary>Keys are <c>port[-port][/protocol]</c>.</summary>
    public SortedDictionary<string, EmptyValue>? ExposedPorts { get; set; }

    public bool? Tty { get; set; }

    public bool? OpenStdin { get; set; }

    public bool? StdinOnce { get; set; }

    public IReadOnlyList<string>? Env { get; set; }

    public IReadOnlyList<string>? Cmd { get; set; }

    public HealthCheck? Healthcheck { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ArgsEscaped { get; set; }

    public string? Image { get; set; }

    public SortedDictionary<string, EmptyValue>? Volumes { get; set; }

    public string? WorkingDir { get; set; }

    public IReadOnlyList<string>? Entrypoint { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NetworkDisabled { get; set; }

    public string? MacAddress { get; set; }

    public IReadOnlyList<string>? OnBuild { get; set; }

    public SortedDictionary<string, string>? Labels { get; set; }

    public string? StopSignal { get; set; }

    /// <summary>Seconds.</summary>
    public int? StopTimeout { get; set; }

    public IReadOnlyList<string>? Shell { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>The empty object that Go writes for members of a set.</summary>
public sealed record EmptyValue
{
    public static readonly EmptyValue Instance = new();
}

/// <summary>A container's health probe. Times are nanoseconds, 0 for the default; Test starts with NONE, CMD or CMD-SHELL.</summary>
public sealed record HealthCheck
{
    public IReadOnlyList<string>? Test { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Interval { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Timeout { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StartPeriod { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StartInterval { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Retries { get; set; }
}
