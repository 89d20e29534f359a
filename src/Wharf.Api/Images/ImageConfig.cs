using System.Text.Json.Serialization;
using Wharf.Api.Containers;

namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>ImageConfig</c>.</summary>
public sealed class ImageConfig : Changeable<ImageConfig>
{
    public string? User { get; set; }

    public Dictionary<string, EmptyObject>? ExposedPorts { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Env { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Cmd { get; set; }

    public HealthConfig? Healthcheck { get; set; }

    public bool? ArgsEscaped { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, EmptyObject>? Volumes { get; set; }

    public string? WorkingDir { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Entrypoint { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? OnBuild { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? Labels { get; set; }

    public string? StopSignal { get; set; }

    public List<string>? Shell { get; set; }

    /// <summary>This and what follows until 1.49: members of containers, which images do not have.</summary>
    public string? Hostname { get; set; }

    public string? Domainname { get; set; }

    public string? Image { get; set; }

    public bool? AttachStdin { get; set; }

    public bool? AttachStdout { get; set; }

    public bool? AttachStderr { get; set; }

    public bool? Tty { get; set; }

    public bool? OpenStdin { get; set; }

    public bool? StdinOnce { get; set; }
}
