using System.Net.Sockets;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>What senders over a socket have in common.</summary>
internal abstract class SocketSender(LogAddress address) : ILogSender
{
    private Socket? _socket;

    protected LogAddress Address => address;

    public async Task ConnectAsync(CancellationToken ct) => _socket ??= await address.ConnectAsync(ct);

    public async Task SendAsync(ShippedLine line, CancellationToken ct)
    {
        foreach (ReadOnlyMemory<byte> message in Messages(line))
        {
            await WriteAsync(message, ct);
        }
    }

    public Task FlushAsync(CancellationToken ct) => Task.CompletedTask;

    public void Dispose() => _socket?.Dispose();

    /// <summary>The line in the protocol's form: a datagram each, or pieces of the stream.</summary>
    protected abstract IEnumerable<ReadOnlyMemory<byte>> Messages(ShippedLine line);

    private async Task WriteAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        await ConnectAsync(ct);
        try
        {
            for (ReadOnlyMemory<byte> rest = message; !rest.IsEmpty;)
            {
                rest = rest[await _socket!.SendAsync(rest, SocketFlags.None, ct)..];
            }
        }
        catch
        {
            _socket?.Dispose();
            _socket = null;
            throw;
        }
    }
}
