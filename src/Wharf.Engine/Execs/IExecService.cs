using Wharf.Api.Execs;
using Wharf.Engine.Streams;
using Wharf.Primitives;

namespace Wharf.Engine.Execs;

/// <summary>Further processes in running containers. Ids are 64 hexadecimal digits; a prefix is not enough.</summary>
public interface IExecService
{
    /// <summary>Records what is to run; nothing runs yet.</summary>
    /// <exception cref="WharfException">NotFound, InvalidArgument "No exec command specified", Conflict "container X is not running" or paused.</exception>
    Task<string> CreateAsync(string containerNameOrId, ExecCreateRequest request, CancellationToken ct);

    /// <summary>
    /// Starts it. Attached: the streams, opened before the process, which then runs already; if it could not be started the session says so on its output, as
    /// Docker does, and the exit code is 126 or 127. Detached: null, and a failure to start is thrown.
    /// </summary>
    /// <exception cref="WharfException">NotFound "No such exec instance: X", Conflict when it has run already or its container is paused or ended.</exception>
    Task<IStreamSession?> StartAsync(string execId, ExecStartRequest request, CancellationToken ct);

    ExecInspectResponse Inspect(string execId);

    Task ResizeAsync(string execId, int width, int height, CancellationToken ct);
}
