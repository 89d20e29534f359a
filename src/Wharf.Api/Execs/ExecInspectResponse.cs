using System.Text.Json.Serialization;
using Wharf.Api.Containers;

namespace Wharf.Api.Execs;

/// <summary>The answer of <c>GET /exec/{id}/json</c>.</summary>
public sealed class ExecInspectResponse
{
    public string? ID { get; set; }

    public bool Running { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? ExitCode { get; set; }

    public ProcessConfig? ProcessConfig { get; set; }

    public bool OpenStdin { get; set; }

    public bool OpenStderr { get; set; }

    public bool OpenStdout { get; set; }

    public bool CanRemove { get; set; }

    public string? ContainerID { get; set; }

    public string? DetachKeys { get; set; }

    public long Pid { get; set; }
}
