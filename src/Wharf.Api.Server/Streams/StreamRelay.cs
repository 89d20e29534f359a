using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Wharf.Api.Server.Streams;

/// <summary>Why a relay came to its end.</summary>
public enum RelayEnd
{
    /// <summary>The process has written its last byte and the client has it.</summary>
    OutputEnded,

    /// <summary>The client typed the detach keys.</summary>
    Detached,

    /// <summary>The client went away.</summary>
    ClientGone,
}

/// <summary>
/// Carries bytes between a client and a process's stdio. Both directions end by themselves: the client's end of sending becomes the end of stdin while
/// output goes on, and the end of output ends the relay whatever the client still sends.
/// </summary>
internal sealed class StreamRelay(HijackedConnection client, Socket process, DetachKeys? detachKeys)
{
    private const int BufferSize = 128 * 1024;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    public async Task<RelayEnd> RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<RelayEnd> output = PumpOutputAsync(stop.Token);
        Task<RelayEnd> input = PumpInputAsync(stop.Token);
        Task<RelayEnd> first = await Task.WhenAny(output, input);
        RelayEnd end = await first;
        await stop.CancelAsync();
        try
        {
            await (first == output ? input : output);
        }
        catch (OperationCanceledException)
        {
            // The other direction was told to stop just above.
        }

        return end;
    }

    private async Task<RelayEnd> PumpOutputAsync(CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                int count;
                try
                {
                    count = await process.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, ct);
                }
                catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
                {
                    // The shim is gone: that is the end of the output, too.
                    count = 0;
                }

                if (count == 0)
                {
                    return RelayEnd.OutputEnded;
                }

                await client.WriteAsync(buffer.AsMemory(0, count), ct);
            }
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException)
        {
            return RelayEnd.ClientGone;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<RelayEnd> PumpInputAsync(CancellationToken ct)
    {
        bool processReads = true;
        try
        {
            while (true)
            {
                ReadResult result = await client.Input.ReadAsync(ct);
                bool detached = false;
                foreach (ReadOnlyMemory<byte> piece in result.Buffer)
                {
                    if (processReads && !detached)
                    {
                        (detached, processReads) = await ForwardAsync(piece, ct);
                    }
                }

                client.Input.AdvanceTo(result.Buffer.End);
                if (detached)
                {
                    return RelayEnd.Detached;
                }

                if (result.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // Kestrel reports a reset connection by failing the read.
            return RelayEnd.ClientGone;
        }

        EndStdin();
        while (!client.IsClientGone())
        {
            await Task.Delay(ProbeInterval, ct);
        }

        return RelayEnd.ClientGone;
    }

    private async ValueTask<(bool Detached, bool ProcessReads)> ForwardAsync(ReadOnlyMemory<byte> piece, CancellationToken ct)
    {
        byte[]? rented = null;
        try
        {
            bool detached = false;
            if (detachKeys is not null)
            {
                rented = ArrayPool<byte>.Shared.Rent(piece.Length + DetachKeys.MaxKeys);
                detached = detachKeys.Filter(piece.Span, rented, out int kept);
                piece = rented.AsMemory(0, kept);
            }

            while (!piece.IsEmpty)
            {
                piece = piece[await process.SendAsync(piece, SocketFlags.None, ct)..];
            }

            return (detached, true);
        }
        catch (SocketException)
        {
            // The process no longer reads; its output may still be on the way, so only this direction ends.
            return (false, false);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private void EndStdin()
    {
        try
        {
            process.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The process has ended and its side of the socket with it.
        }
    }
}
