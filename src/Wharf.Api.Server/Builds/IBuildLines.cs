using Wharf.Api.Server.Streams;
using Wharf.Build.Execution;

namespace Wharf.Api.Server.Builds;

/// <summary>A build's output on its way into the response.</summary>
internal interface IBuildLines : IBuildOutput
{
    /// <summary>Something was said: a failure is then told in its place at the end.</summary>
    bool Any { get; }

    /// <summary>The last line of a build that failed.</summary>
    void Fail(Exception error);

    void Finish();

    /// <summary>Writes lines as they come until <see cref="Finish"/>.</summary>
    Task PumpAsync(JsonLines response, CancellationToken ct);
}
