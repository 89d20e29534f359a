using Wharf.Api.Containers;
using Wharf.Engine.Streams;
using Wharf.Primitives;

namespace Wharf.Engine.Containers;

/// <summary>
/// The life of containers. Every name parameter takes a full id, a name with or without its slash, or an unambiguous prefix of an id. Errors are
/// <see cref="WharfException"/> with Docker's texts: NotFound "No such container: X", Conflict where the state forbids it, NotModified where it already holds.
/// Reads (<see cref="InspectAsync"/>, <see cref="ListAsync"/>) come from snapshots and never wait for a container.
/// </summary>
public interface IContainerService
{
    /// <summary>Validates, resolves the image, claims the name and writes one durable row. No process, address or port is taken yet.</summary>
    /// <param name="request">The body of the request; kept as it is, with Docker's defaults filled in.</param>
    /// <param name="name">The wanted name, or null for a made-up one.</param>
    /// <param name="platform"><c>os/arch[/variant]</c> of the image to take, or null.</param>
    /// <param name="ct">Ends the wait; nothing is left behind.</param>
    /// <exception cref="WharfException">NotFound "No such image: X", InvalidArgument, Conflict for a taken name.</exception>
    Task<ContainerCreateResponse> CreateAsync(ContainerCreateRequest request, string? name, string? platform, CancellationToken ct);

    /// <exception cref="WharfException">NotModified when it runs already; otherwise the runtime's sentence as Docker words it.</exception>
    Task StartAsync(string nameOrId, CancellationToken ct);

    /// <param name="nameOrId">The container.</param>
    /// <param name="signal">Instead of the container's stop signal; null for that one.</param>
    /// <param name="timeoutSeconds">Before the kill; negative waits for ever, null takes the container's, else 10.</param>
    /// <param name="ct">When the client goes away the wait ends and the container is killed, as Docker does it.</param>
    /// <exception cref="WharfException">NotModified when it does not run.</exception>
    Task StopAsync(string nameOrId, string? signal, int? timeoutSeconds, CancellationToken ct);

    /// <summary>Stop, if it runs, and start.</summary>
    Task RestartAsync(string nameOrId, string? signal, int? timeoutSeconds, CancellationToken ct);

    /// <param name="nameOrId">The container.</param>
    /// <param name="signal">Name with or without SIG, or number; null for SIGKILL.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="WharfException">Conflict "container X is not running".</exception>
    Task KillAsync(string nameOrId, string? signal, CancellationToken ct);

    Task PauseAsync(string nameOrId, CancellationToken ct);

    Task UnpauseAsync(string nameOrId, CancellationToken ct);

    Task RenameAsync(string nameOrId, string newName, CancellationToken ct);

    Task<ContainerUpdateResponse> UpdateAsync(string nameOrId, ContainerUpdateRequest request, CancellationToken ct);

    Task RemoveAsync(string nameOrId, ContainerRemoveOptions options, CancellationToken ct);

    /// <summary>Registers a wait at once; the answer comes with <see cref="ContainerWait.Answer"/>. Headers of a reply can be sent as soon as this returns.</summary>
    ContainerWait Wait(string nameOrId, WaitCondition condition);

    /// <param name="nameOrId">The container.</param>
    /// <param name="size">Fill SizeRw and SizeRootFs, which walks the container's files.</param>
    /// <param name="ct">Ends the walk.</param>
    Task<ContainerInspectResponse> InspectAsync(string nameOrId, bool size, CancellationToken ct);

    Task<List<ContainerSummary>> ListAsync(ContainerListQuery query, CancellationToken ct);

    /// <summary>
    /// Prepares streams to a container, running or not yet. All refusals come from here, before a connection is hijacked.
    /// </summary>
    Task<IStreamSession> AttachAsync(string nameOrId, AttachOptions options, CancellationToken ct);

    /// <summary>Sets the terminal's size in character cells.</summary>
    Task ResizeAsync(string nameOrId, int width, int height, CancellationToken ct);

    /// <summary>The full id of a container, for those who keep it.</summary>
    string ResolveId(string nameOrId);
}
