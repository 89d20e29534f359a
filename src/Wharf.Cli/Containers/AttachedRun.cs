using Wharf.Api.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Sessions;
using Wharf.Client;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

/// <summary>
/// Starts a created container and stays with it: attached and waited for before it starts, so that no byte and no exit is missed.
/// </summary>
internal sealed class AttachedRun(Invocation call, ContainerCreateRequest request, string id)
{
    private readonly CliContext _cli = call.Cli;

    private bool IsAttached => request.AttachStdin || request.AttachStdout || request.AttachStderr;

    public async Task<int> StartAsync(CancellationToken ct)
    {
        if (!IsAttached)
        {
            await _cli.Client.StartContainerAsync(id, null, ct);
            _cli.Out.WriteLine(id);
            return 0;
        }

        string keys = call.String("detach-keys") is { Length: > 0 } given ? given : _cli.Config["detachKeys"];
        byte[] sequence = DetachKeys.Parse(keys);
        using HijackedStream stream = await _cli.Client.AttachContainerAsync(id, AttachQuery(keys), ct);
        using SignalForwarder? signals = call.Bool("sig-proxy") && !request.Tty ? new SignalForwarder(Forward) : null;
        EngineReply wait = await _cli.Client.BeginWaitAsync(id, request.HostConfig!.AutoRemove ? "removed" : "next-exit", ct);
        try
        {
            await _cli.Client.StartContainerAsync(id, null, ct);
        }
        catch (WharfException)
        {
            if (request.HostConfig.AutoRemove)
            {
                // the engine removes it now: wait, so that the name is free when we end
                await EngineClient.WaitAnswerAsync(wait, ct);
            }

            throw;
        }

        using ResizeWatcher? resize = request.Tty ? ResizeWatcher.Start(_cli.Terminal, Resize) : null;
        var session = new StreamSession(_cli.Terminal, stream)
        {
            Tty = request.Tty,
            WantsInput = request.AttachStdin,
            WantsOut = request.AttachStdout,
            WantsError = request.AttachStderr,
            DetachKeys = sequence,
        };
        if (await session.RunAsync(ct) == SessionEnd.Detached)
        {
            return 0;
        }

        ContainerWaitResponse answer = await EngineClient.WaitAnswerAsync(wait, ct);
        if (answer.Error?.Message is { Length: > 0 } error)
        {
            _cli.Error.WriteLine("Error waiting for container: " + error);
            return 125;
        }

        return (int)answer.StatusCode;
    }

    private Query AttachQuery(string keys) => new()
    {
        { "detachKeys", keys },
        { "stream", true },
        { "stdin", request.AttachStdin },
        { "stdout", request.AttachStdout },
        { "stderr", request.AttachStderr },
    };

    private void Forward(string signal)
    {
        try
        {
            _cli.Client.KillContainerAsync(id, signal, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (WharfException)
        {
            // the container has ended between the signal and now; its exit status is on its way
            return;
        }
    }

    private void Resize(int columns, int rows) =>
        _cli.Client.ResizeContainerAsync(id, columns, rows, CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
