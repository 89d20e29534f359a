using System.Net;
using Wharf.Images.Content;
using Wharf.Images.Registries;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Pulling;

/// <summary>
/// One blob as a stream straight from the socket: what an earlier attempt left is read first, a broken connection is taken up where it
/// broke, every byte is written and hashed in passing, and the end is only reached with the right digest.
/// </summary>
internal sealed class BlobDownload : ReadOnlyStream
{
    private const int BufferSize = 256 * 1024;
    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(60);
    private readonly BlobWriter _writer;
    private readonly Descriptor _descriptor;
    private readonly Func<long, CancellationToken, Task<HttpResponseMessage>> _open;
    private readonly DownloadOptions _options;
    private readonly CancellationToken _ct;
    private CancellationTokenSource _stall;

    // Decompressors take small bites; the socket, the hash and the file get large ones.
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private int _start;
    private int _end;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private int _failures;
    private bool _finished;

    /// <param name="writer">Takes the bytes; disposed with this stream.</param>
    /// <param name="descriptor">Digest and size promised.</param>
    /// <param name="open">Requests the blob from an offset.</param>
    /// <param name="options">Attempts and reports.</param>
    /// <param name="ct">Ends waiting too.</param>
    public BlobDownload(BlobWriter writer, Descriptor descriptor, Func<long, CancellationToken, Task<HttpResponseMessage>> open, DownloadOptions options, CancellationToken ct)
    {
        _writer = writer;
        _descriptor = descriptor;
        _open = open;
        _options = options;
        _ct = ct;
        _stall = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (writer.Resumable > descriptor.Size)
        {
            writer.Restart();
        }

        WasResumed = writer.Resumable > 0;
    }

    /// <summary>Part of the content came from an earlier attempt: if the digest is wrong, that part may be to blame.</summary>
    public bool WasResumed { get; }

    public override int Read(Span<byte> buffer)
    {
        // Decompressors read synchronously, on a thread of their own.
        if (_start == _end && !FillAsync().AsTask().GetAwaiter().GetResult())
        {
            return 0;
        }

        return Take(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _start == _end && !await FillAsync().ConfigureAwait(false) ? 0 : Take(buffer.Span);

    private int Take(Span<byte> target)
    {
        int count = Math.Min(target.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(target);
        _start += count;
        return count;
    }

    /// <summary>Fills the empty buffer; false at the verified end.</summary>
    private async ValueTask<bool> FillAsync()
    {
        if (_finished)
        {
            return false;
        }

        _ct.ThrowIfCancellationRequested();
        _start = _end = 0;
        if (_body is null && _writer.Position < _writer.Resumable)
        {
            _end = _writer.ReadBack(_buffer.AsSpan(0, BufferSize));
            _options.Progress(_writer.Position);
            return true;
        }

        while (_writer.Position < _descriptor.Size)
        {
            int read = await TryReadAsync(_buffer.AsMemory(0, BufferSize)).ConfigureAwait(false);
            if (read > 0)
            {
                _writer.Write(_buffer.AsSpan(0, read));
                _failures = 0;
                _end = read;
                _options.Progress(_writer.Position);
                return true;
            }
        }

        await FinishAsync().ConfigureAwait(false);
        return false;
    }

    public override async ValueTask DisposeAsync()
    {
        Release();
        await _writer.DisposeAsync().ConfigureAwait(false);
        _options.Closed();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Release();
            _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _options.Closed();
        }

        base.Dispose(disposing);
    }

    private async Task FinishAsync()
    {
        _options.Verifying();
        if (_body is not null && await ProbeAsync().ConfigureAwait(false))
        {
            await _writer.DropAsync().ConfigureAwait(false);
            throw WharfException.DataLoss($"content of {_descriptor.Digest} is longer than the {_descriptor.Size} bytes announced");
        }

        await _writer.CommitAsync().ConfigureAwait(false);
        _finished = true;
        Disconnect();
        _options.Finished();
    }

    private async Task<bool> ProbeAsync()
    {
        try
        {
            return await _body!.ReadAsync(new byte[1], _ct).ConfigureAwait(false) > 0;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // All the bytes there should be are here; how the connection ends is of no interest.
            return false;
        }
    }

    /// <summary>Bytes read, or 0 after a failure that was waited out.</summary>
    private async Task<int> TryReadAsync(Memory<byte> buffer)
    {
        try
        {
            _body ??= await ConnectAsync().ConfigureAwait(false);
            _stall.CancelAfter(StallTimeout);
            long left = _descriptor.Size - _writer.Position;
            int read = await _body.ReadAsync(buffer.Length > left ? buffer[..(int)left] : buffer, _stall.Token).ConfigureAwait(false);
            _stall.CancelAfter(Timeout.InfiniteTimeSpan);
            return read > 0 ? read : throw new HttpIOException(HttpRequestError.ResponseEnded, "unexpected EOF");
        }
        catch (Exception e) when (IsTransient(e) && !_ct.IsCancellationRequested && ++_failures < _options.Attempts)
        {
            Disconnect();
            _stall.Dispose();
            _stall = CancellationTokenSource.CreateLinkedTokenSource(_ct);
            await _options.Wait(_failures, _ct).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw WharfException.Unavailable($"download of {_descriptor.Digest} failed: {e.Message}", e);
        }
    }

    private static bool IsTransient(Exception e) => e is IOException or HttpRequestException or OperationCanceledException
        or WharfException { Kind: ErrorKind.Unavailable };

    private async Task<Stream> ConnectAsync()
    {
        long offset = _writer.Position;
        _response = await _open(offset, _ct).ConfigureAwait(false);
        bool partial = _response.StatusCode == HttpStatusCode.PartialContent;
        long skip = partial ? 0 : offset;
        long? length = _response.Content.Headers.ContentLength;
        if ((partial && _response.Content.Headers.ContentRange is { From: { } from } && from != offset)
            || (length is { } announced && announced != _descriptor.Size - (partial ? offset : 0)))
        {
            throw WharfException.DataLoss($"registry announces {length} bytes for {_descriptor.Digest}, the manifest {_descriptor.Size}");
        }

        Stream body = await _response.Content.ReadAsStreamAsync(_ct).ConfigureAwait(false);
        var dropped = new byte[64 * 1024];
        while (skip > 0)
        {
            int read = await body.ReadAsync(dropped.AsMemory(0, (int)Math.Min(dropped.Length, skip)), _ct).ConfigureAwait(false);
            skip -= read > 0 ? read : throw new HttpIOException(HttpRequestError.ResponseEnded, "unexpected EOF");
        }

        return body;
    }

    private void Release()
    {
        Disconnect();
        _stall.Dispose();
    }

    private void Disconnect()
    {
        _body?.Dispose();
        _body = null;
        _response?.Dispose();
        _response = null;
    }
}

/// <summary>How a download behaves and whom it tells.</summary>
internal sealed record DownloadOptions
{
    public int Attempts { get; init; } = 5;

    public Action<long> Progress { get; init; } = _ => { };

    public Action Verifying { get; init; } = () => { };

    public Action Finished { get; init; } = () => { };

    public Action Closed { get; init; } = () => { };

    /// <summary>Waits before attempt n+1, telling the user.</summary>
    public required Func<int, CancellationToken, Task> Wait { get; init; }
}
