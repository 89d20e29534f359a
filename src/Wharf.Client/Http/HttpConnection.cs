using System.Globalization;
using System.Text;
using Wharf.Client.Transports;
using Wharf.Primitives;

namespace Wharf.Client.Http;

/// <summary>One HTTP/1.1 connection (RFC 9112): one request at a time, bodies by length, in chunks or to the end, and upgrades.</summary>
internal sealed class HttpConnection(Transport transport) : IDisposable
{
    private const int MaxHead = 256 << 10;

    private byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    public Transport Transport => transport;

    /// <summary>False after anything that leaves the connection in an unknown place.</summary>
    public bool IsReusable { get; set; } = true;

    /// <summary>True when the connection has served a request before.</summary>
    public bool IsIdleReuse { get; set; }

    /// <summary>True until the first byte of an answer came: a request may be sent again on another connection.</summary>
    public bool IsFresh { get; private set; } = true;

    public async ValueTask SendHeadAsync(string method, string target, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var head = new StringBuilder(256).Append(method).Append(' ').Append(target).Append(" HTTP/1.1\r\n");
        foreach ((string name, string value) in headers)
        {
            if (value.AsSpan().ContainsAny('\r', '\n'))
            {
                throw WharfException.Invalid($"invalid header field value for \"{name}\"");
            }

            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        head.Append("\r\n");
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(head.Length) + body.Length];
        int length = Encoding.UTF8.GetBytes(head.ToString(), bytes);
        body.CopyTo(bytes.AsMemory(length));
        IsFresh = true;
        await transport.WriteAsync(bytes.AsMemory(0, length + body.Length), ct);
    }

    /// <summary>Sends a body of unknown length in chunks.</summary>
    public async ValueTask SendChunkedAsync(Stream body, CancellationToken ct)
    {
        byte[] buffer = new byte[(64 << 10) + 16];
        while (true)
        {
            int count = await body.ReadAsync(buffer.AsMemory(8, 64 << 10), ct);
            if (count == 0)
            {
                await transport.WriteAsync("0\r\n\r\n"u8.ToArray(), ct);
                return;
            }

            // fixed six digits, so that length, data and end are one write
            Encoding.ASCII.GetBytes(count.ToString("x6", CultureInfo.InvariantCulture) + "\r\n", buffer);
            "\r\n"u8.CopyTo(buffer.AsSpan(8 + count));
            await transport.WriteAsync(buffer.AsMemory(0, 8 + count + 2), ct);
        }
    }

    public async ValueTask<ResponseHead> ReadHeadAsync(CancellationToken ct)
    {
        while (true)
        {
            ResponseHead head = await ReadOneHeadAsync(ct);
            if (head.Status is >= 200 or 101)
            {
                return head;
            }
        }
    }

    private async ValueTask<ResponseHead> ReadOneHeadAsync(CancellationToken ct)
    {
        int scanned = 0;
        while (true)
        {
            int end = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                int length = scanned + end;
                ResponseHead head = ResponseHead.Parse(_buffer.AsSpan(_start, length));
                _start += length + 4;
                return head;
            }

            scanned = Math.Max(0, _end - _start - 3);
            if (_end - _start > MaxHead)
            {
                throw WharfException.DataLoss("error during connect: response head is too large");
            }

            if (!await FillAsync(ct))
            {
                IsReusable = false;
                throw new EndOfStreamException("EOF");
            }
        }
    }

    /// <summary>Bytes of the body or of the upgraded stream; 0 at the end of the connection.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken ct)
    {
        if (_end > _start)
        {
            int count = Math.Min(target.Length, _end - _start);
            _buffer.AsMemory(_start, count).CopyTo(target);
            _start += count;
            return count;
        }

        return await transport.ReadAsync(target, ct);
    }

    /// <summary>One line without its end.</summary>
    public async ValueTask<string> ReadLineAsync(CancellationToken ct)
    {
        while (true)
        {
            int end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (end >= 0)
            {
                string line = Encoding.ASCII.GetString(_buffer, _start, end).TrimEnd('\r');
                _start += end + 1;
                return line;
            }

            if (_end - _start > MaxHead || !await FillAsync(ct))
            {
                throw new EndOfStreamException("unexpected EOF");
            }
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            if (_start == 0)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
            else
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
        }

        int count = await transport.ReadAsync(_buffer.AsMemory(_end), ct);
        IsFresh &= count == 0;
        _end += count;
        return count > 0;
    }

    public void Dispose() => transport.Dispose();
}
