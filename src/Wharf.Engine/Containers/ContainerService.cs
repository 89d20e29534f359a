using Wharf.Api.Containers;
using Wharf.Engine.Containers.Creation;
using Wharf.Engine.Containers.Lifecycle;
using Wharf.Engine.Containers.Listing;
using Wharf.Engine.Streams;
using Wharf.Primitives;

namespace Wharf.Engine.Containers;

/// <summary>The door to the use cases: finds the container, hands on, words the errors as the API promises.</summary>
internal sealed class ContainerService(
    EngineCore core,
    ContainerCreator creator,
    ContainerStarter starter,
    ContainerStopper stopper,
    ContainerPauser pauser,
    ContainerUpdater updater,
    ContainerRemover remover,
    ContainerAttacher attacher,
    ContainerInspector inspector,
    ContainerLister lister) : IContainerService
{
    public Task<ContainerCreateResponse> CreateAsync(ContainerCreateRequest request, string? name, string? platform, CancellationToken ct) =>
        core.Metrics.Create.TimeAsync(() => creator.CreateAsync(request, name, platform, ct));

    public Task StartAsync(string nameOrId, CancellationToken ct) => core.Metrics.Start.TimeAsync(() => starter.StartAsync(Get(nameOrId), byPolicy: false, ct));

    public async Task StopAsync(string nameOrId, string? signal, int? timeoutSeconds, CancellationToken ct)
    {
        try
        {
            await stopper.StopAsync(Get(nameOrId), signal, timeoutSeconds, ct);
        }
        catch (WharfException e) when (e.Kind is not (ErrorKind.NotModified or ErrorKind.NotFound))
        {
            throw ContainerErrors.Prefixed($"cannot stop container: {nameOrId}", e);
        }
    }

    public async Task RestartAsync(string nameOrId, string? signal, int? timeoutSeconds, CancellationToken ct)
    {
        Container container = Get(nameOrId);
        container.KeepAfterExit = true;
        try
        {
            await stopper.StopAsync(container, signal, timeoutSeconds, ct);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotModified)
        {
            // it did not run: only the start is left to do
        }
        catch (WharfException e)
        {
            throw ContainerErrors.Prefixed($"Cannot restart container {nameOrId}", e);
        }
        finally
        {
            container.KeepAfterExit = false;
        }

        try
        {
            await starter.StartAsync(container, byPolicy: false, ct);
        }
        catch (WharfException e) when (e.Kind != ErrorKind.NotModified)
        {
            throw ContainerErrors.Prefixed($"Cannot restart container {nameOrId}", e);
        }

        core.Events.Raise(container.Current, "restart");
    }

    public async Task KillAsync(string nameOrId, string? signal, CancellationToken ct)
    {
        Container container = Get(nameOrId);
        try
        {
            await stopper.SignalAsync(container, signal, ct);
        }
        catch (WharfException e) when (e.Kind != ErrorKind.InvalidArgument)
        {
            throw ContainerErrors.Prefixed($"cannot kill container: {nameOrId}", e);
        }
    }

    public Task PauseAsync(string nameOrId, CancellationToken ct) => pauser.PauseAsync(Get(nameOrId), ct);

    public Task UnpauseAsync(string nameOrId, CancellationToken ct) => pauser.UnpauseAsync(Get(nameOrId), ct);

    public Task RenameAsync(string nameOrId, string newName, CancellationToken ct) => updater.RenameAsync(Get(nameOrId), newName, ct);

    public Task<ContainerUpdateResponse> UpdateAsync(string nameOrId, ContainerUpdateRequest request, CancellationToken ct) => updater.UpdateAsync(Get(nameOrId), request, ct);

    public Task RemoveAsync(string nameOrId, ContainerRemoveOptions options, CancellationToken ct) =>
        options.Link ? updater.RemoveLinkAsync(nameOrId, ct) : core.Metrics.Delete.TimeAsync(() => remover.RemoveAsync(Get(nameOrId), options, ct));

    public ContainerWait Wait(string nameOrId, WaitCondition condition)
    {
        Container container = Get(nameOrId);

        // Asked for before looking: an end in between is not missed.
        Task<ContainerWaitResponse> answer = condition == WaitCondition.Removed ? container.Waiters.AwaitRemoval() : container.Waiters.NextExit;
        RunState state = container.Current.State;
        bool over = condition == WaitCondition.NotRunning && !state.Status.HasProcess() && state.Status != RunStatus.Restarting;
        return new ContainerWait(over ? Task.FromResult(new ContainerWaitResponse { StatusCode = state.ExitCode }) : answer);
    }

    public Task<ContainerInspectResponse> InspectAsync(string nameOrId, bool size, CancellationToken ct) => inspector.InspectAsync(Get(nameOrId), size, ct);

    public Task<List<ContainerSummary>> ListAsync(ContainerListQuery query, CancellationToken ct) => lister.ListAsync(query, ct);

    public Task<IStreamSession> AttachAsync(string nameOrId, AttachOptions options, CancellationToken ct) => attacher.AttachAsync(Get(nameOrId), options, ct);

    public async Task ResizeAsync(string nameOrId, int width, int height, CancellationToken ct)
    {
        Container container = Get(nameOrId);
        Run run = container.Run ?? throw ContainerErrors.NotRunning(container.Id);
        await run.Shim.ResizeAsync(width, height, ct);
        core.Events.Raise(container.Current, "resize", ("height", height.ToString()), ("width", width.ToString()));
    }

    public string ResolveId(string nameOrId) => Get(nameOrId).Id;

    private Container Get(string nameOrId) => core.Containers.Get(nameOrId);
}
