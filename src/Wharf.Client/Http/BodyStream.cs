using System.Globalization;

namespace Wharf.Client.Http;

/// <summary>The body of an answer. Reading it to the end gives the connection back; disposing it early closes the connection.</summary>
internal sealed class BodyStream : Stream
{
    private readonly HttpConnection _connection;
    private readonly Action<HttpConnection> _release;
    private readonly bool _chunked;
    private long _left;
    private bool _first = true;
    private bool _ended;
    private bool _released;

    /// <param name="connection">Where the body comes from.</param>
    /// <param name="length">Its length; -1 for chunks, -2 for everything up to the end of the connection.</param>
    /// <param name="release">Gets the connection back when the body has ended.</param>
    public BodyStream(HttpConnection connection, long length, Action<HttpConnection> release)
    {
        _connection = connection;
        _release = release;
        _chunked = length == -1;
        _left = length == -1 ? 0 : length;
        if (length == 0)
        {
            End();
        }
        else if (length == -2)
        {
            connection.IsReusable = false;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.Length == 0)
        {
            return 0;
        }

        if (_chunked && _left == 0 && !await NextChunkAsync(cancellationToken))
        {
            return 0;
        }

        if (_left >= 0 && buffer.Length > _left)
        {
            buffer = buffer[..(int)_left];
        }

        int count = await _connection.ReadAsync(buffer, cancellationToken);
        if (count == 0)
        {
            if (_left != -2)
            {
                _connection.IsReusable = false;
                throw new EndOfStreamException("unexpected EOF");
            }

            End();
            return 0;
        }

        if (_left > 0)
        {
            _left -= count;
            if (_left == 0 && !_chunked)
            {
                End();
            }
        }

        return count;
    }

    private async ValueTask<bool> NextChunkAsync(CancellationToken ct)
    {
        if (!_first)
        {
            await _connection.ReadLineAsync(ct);
        }

        _first = false;
        string line = await _connection.ReadLineAsync(ct);
        int extension = line.IndexOf(';');
        if (!long.TryParse(extension < 0 ? line : line[..extension], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
        {
            _connection.IsReusable = false;
            throw new IOException("malformed chunked encoding");
        }

        if (_left > 0)
        {
            return true;
        }

        while ((await _connection.ReadLineAsync(ct)).Length > 0)
        {
        }

        End();
        return false;
    }

    private void End()
    {
        _ended = true;
        Release();
    }

    private void Release()
    {
        if (!_released)
        {
            _released = true;
            _release(_connection);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_ended)
        {
            _ended = true;
            _connection.IsReusable = false;
            Release();
        }

        base.Dispose(disposing);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
