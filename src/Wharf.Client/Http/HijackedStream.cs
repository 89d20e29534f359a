namespace Wharf.Client.Http;

/// <summary>A connection that has become a two-way byte stream (attach, exec, session).</summary>
public sealed class HijackedStream : IDisposable
{
    private readonly HttpConnection _connection;

    internal HijackedStream(HttpConnection connection, ResponseHead head)
    {
        _connection = connection;
        Head = head;
    }

    public ResponseHead Head { get; }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct) => _connection.ReadAsync(buffer, ct);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => _connection.Transport.WriteAsync(bytes, ct);

    /// <summary>Ends the standard input of the other side; its output goes on.</summary>
    public void CloseWrite() => _connection.Transport.CloseWrite();

    /// <summary>Cuts the connection; a read that waits on another thread ends.</summary>
    public void Abort() => _connection.Transport.Abort();

    public void Dispose() => _connection.Dispose();
}
