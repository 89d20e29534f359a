using Wharf.Api.Containers;

namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>ImageConfig</c>.</summary>
public sealed record ImageConfig
{
    public string? User { get; set; }

    public Dictionary<string, EmptyObject>? ExposedPorts { get; set; }

    public List<string>? Env { get; set; }

    public List<string>? Cmd { get; set; }

    public HealthConfig? Healthcheck { get; set; }

    public bool? ArgsEscaped { get; set; }

    public Dictionary<string, EmptyObject>? Volumes { get; set; }

    public string? WorkingDir { get; set; }

    public List<string>? Entrypoint { get; set; }

    public List<string>? OnBuild { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public string? StopSignal { get; set; }

    public List<string>? Shell { get; set; }
}
