using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Lifecycle;

namespace Wharf.Engine.Health;

/// <summary>Runs one probe.</summary>
internal interface IHealthProbe
{
    /// <summary>The result, with at most 4096 bytes of output. A probe that takes too long is killed and fails with -1.</summary>
    Task<HealthcheckResult> RunAsync(Container container, Run run, HealthConfig config, CancellationToken ct);
}
