using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Streams;

/// <summary>
/// A session over the socket that a shim gave: bytes pass as they are, only the detach keys are looked for, and only on terminals. Output goes from the shim
/// straight to the client where the client's connection allows it; then the socket only says when it has ended.
/// </summary>
internal sealed class SocketSession : IStreamSession
{
    private const int BlockSize = 64 * 1024;

    /// <summary>The shim's stream; null when nothing lives is followed.</summary>
    public Socket? Socket { get; init; }

    public required bool Raw { get; init; }

    /// <summary>The shim waits to be told where output goes (<see cref="ShimOutlet"/>).</summary>
    public bool AwaitsOutlet { get; init; }

    /// <summary>Null when the client types into no terminal.</summary>
    public DetachKeys? Keys { get; init; }

    /// <summary>Bytes or a log to send first, in wire form.</summary>
    public Func<PipeWriter, CancellationToken, Task>? Preamble { get; init; }

    public Action? Begun { get; init; }

    public Action? Left { get; init; }

    /// <summary>Awaited when the output has ended, before the client learns of it.</summary>
    public Func<CancellationToken, Task>? Finished { get; init; }

    /// <summary>Called once, however the session ends.</summary>
    public Func<ValueTask>? Closed { get; init; }

    public async Task<StreamEnd> RunAsync(PipeReader input, PipeWriter output, Socket? outlet, CancellationToken ct)
    {
        Begun?.Invoke();
        if (Preamble is not null)
        {
            await Preamble(output, ct);
        }

        if (Socket is null)
        {
            return StreamEnd.Finished;
        }

        if (AwaitsOutlet)
        {
            await output.FlushAsync(ct);
            GiveOutlet(outlet);
        }

        using var outputEnded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<bool> typing = TypeAsync(input, outputEnded.Token);
        Task showing = ShowAsync(output, ct);
        Task first = await Task.WhenAny(typing, showing);
        if (first == typing && await typing)
        {
            // wakes the other direction, which would wait for output for ever
            Socket.Dispose();
            await showing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            Left?.Invoke();
            return StreamEnd.Detached;
        }

        try
        {
            await showing;
        }
        finally
        {
            await outputEnded.CancelAsync();
            await typing;
        }

        if (Finished is not null)
        {
            await Finished(ct);
        }

        return StreamEnd.Finished;
    }

    public async ValueTask DisposeAsync()
    {
        Socket?.Dispose();
        if (Closed is not null)
        {
            await Closed();
        }
    }

    private void GiveOutlet(Socket? outlet)
    {
        try
        {
            ShimOutlet.Give(Socket!, outlet);
        }
        catch (WharfException)
        {
            // the shim has gone: whoever reads from it sees its end
        }
    }

    private async Task ShowAsync(PipeWriter output, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                int count = await Socket!.ReceiveAsync(output.GetMemory(BlockSize), SocketFlags.None, ct);
                if (count == 0)
                {
                    return;
                }

                output.Advance(count);
                FlushResult flushed = await output.FlushAsync(ct);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the shim is gone or the client left by its keys: the stream is at its end
        }
    }

    // True when the detach keys were typed.
    private async Task<bool> TypeAsync(PipeReader input, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                ReadResult result = await input.ReadAsync(ct);
                foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                {
                    if (Keys is null)
                    {
                        await SendAsync(segment, ct);
                        continue;
                    }

                    byte[] pass = ArrayPool<byte>.Shared.Rent(segment.Length + DetachKeys.MaxKeys);
                    bool detached = Keys.Filter(segment.Span, pass, out int passed);
                    await SendAsync(pass.AsMemory(0, passed), ct);
                    ArrayPool<byte>.Shared.Return(pass);
                    if (detached)
                    {
                        return true;
                    }
                }

                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                {
                    Socket!.Shutdown(SocketShutdown.Send);
                    return false;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // The process closed its stdin, the output ended first, or the client broke off: typing is over, the output decides about the rest.
            return false;
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        while (data.Length > 0)
        {
            data = data[await Socket!.SendAsync(data, SocketFlags.None, ct)..];
        }
    }
}
