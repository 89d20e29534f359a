using System.Text.Json.Serialization;
using Wharf.Api.Json;

namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>ContainerConfig</c>.</summary>
public class ContainerConfig : Changeable<ContainerConfig>
{
    public string? Hostname { get; set; }

    public string? Domainname { get; set; }

    public string? User { get; set; }

    public bool AttachStdin { get; set; }

    public bool AttachStdout { get; set; }

    public bool AttachStderr { get; set; }

    public Dictionary<string, EmptyObject>? ExposedPorts { get; set; }

    public bool Tty { get; set; }

    public bool OpenStdin { get; set; }

    public bool StdinOnce { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Env { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CommandWords? Cmd { get; set; }

    public HealthConfig? Healthcheck { get; set; }

    public bool? ArgsEscaped { get; set; }

    public string? Image { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, EmptyObject>? Volumes { get; set; }

    public string? WorkingDir { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CommandWords? Entrypoint { get; set; }

    public bool? NetworkDisabled { get; set; }

    /// <summary>Until 1.51: the address asked for on the network of the network mode. Since 1.44 it belongs to the endpoint.</summary>
    public string? MacAddress { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? OnBuild { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? Labels { get; set; }

    public string? StopSignal { get; set; }

    public long? StopTimeout { get; set; }

    public CommandWords? Shell { get; set; }
}
