using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Wharf.Primitives;
using Wharf.Registry.Storage;

namespace Wharf.Registry.Upstream;

/// <summary>
/// One blob on its way from upstream into the store, for any number of readers: they read the growing file. The last byte is held back until the
/// digest is right, so nobody gets a whole blob that is wrong. A broken connection is taken up where it broke.
/// </summary>
internal sealed class BlobFetch(RegistryStore store, UpstreamClient client, string repository, Digest digest)
{
    private const int Attempts = 4;

    private readonly TaskCompletionSource<long> _size = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Upload? _upload;
    private long _written;
    private long _readable;
    private volatile Exception? _failure;

    /// <summary>The size of the blob, as soon as upstream has said it.</summary>
    public Task<long> Size => _size.Task;

    /// <summary>The file while it grows; opened by readers before they wait, so it may lose its name.</summary>
    public string File => _upload!.DataFile;

    /// <summary>Waits until more than <paramref name="offset"/> bytes can be read.</summary>
    /// <returns>How many can be read.</returns>
    public async Task<long> WaitAsync(long offset, CancellationToken ct)
    {
        while (true)
        {
            Task next = _progress.Task;
            long readable = Volatile.Read(ref _readable);
            if (readable > offset)
            {
                return readable;
            }

            if (_failure is { } failure)
            {
                throw new IOException(failure.Message, failure);
            }

            await next.WaitAsync(ct);
        }
    }

    /// <summary>Fetches it all; ends when the blob is in the store, or throws what every reader gets too.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            _upload = store.Uploads.Begin(repository);
            using var hash = IncrementalHash.CreateHash(digest.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
            using (var file = System.IO.File.OpenHandle(File, FileMode.Create, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous))
            {
                await FillAsync(file, hash, ct);
                await Task.Run(() => RandomAccess.FlushToDisk(file), CancellationToken.None);
            }

            string came = $"{digest.Algorithm}:{Convert.ToHexStringLower(hash.GetCurrentHash())}";
            if (came != digest.ToString())
            {
                throw WharfException.DataLoss($"upstream sent {came} for {digest}");
            }

            store.Pool.Adopt(File, digest, repository);
            Publish(_written);
        }
        catch (Exception e)
        {
            _failure = e;
            _size.TrySetException(e);
            _ = _size.Task.Exception;
            Pulse();
            throw;
        }
        finally
        {
            if (_upload is not null)
            {
                store.Uploads.End(_upload);
            }
        }
    }

    private async Task FillAsync(Microsoft.Win32.SafeHandles.SafeFileHandle file, IncrementalHash hash, CancellationToken ct)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using HttpResponseMessage response = await client.SendAsync(HttpMethod.Get, repository, $"blobs/{digest}",
                    request => request.Headers.Range = _written > 0 ? new RangeHeaderValue(_written, null) : null, ct);
                if (!response.IsSuccessStatusCode)
                {
                    throw UpstreamAnswers.Of(response.StatusCode, RegistryFault.BlobUnknown(digest));
                }

                long skip = response.StatusCode == HttpStatusCode.PartialContent ? 0 : _written;
                long size = (response.Content.Headers.ContentLength ?? throw new HttpRequestException("upstream does not say how long the blob is")) + (_written - skip);
                _size.TrySetResult(size);
                await using Stream body = await response.Content.ReadAsStreamAsync(ct);
                await CopyAsync(body, file, hash, skip, size, ct);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException && !Inodes.IsNoSpace(e) && attempt < Attempts && !ct.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), ct);
            }
        }
    }

    private async Task CopyAsync(Stream body, Microsoft.Win32.SafeHandles.SafeFileHandle file, IncrementalHash hash, long skip, long size, CancellationToken ct)
    {
        byte[] buffer = new byte[256 * 1024];
        while (_written < size)
        {
            int count = await body.ReadAsync(buffer, ct);
            if (count == 0)
            {
                throw new HttpRequestException($"upstream ended blob {digest} after {_written} of {size} bytes");
            }

            int old = (int)Math.Min(skip, count);
            skip -= old;
            ReadOnlyMemory<byte> piece = buffer.AsMemory(old, (int)Math.Min(count - old, size - _written));
            await RandomAccess.WriteAsync(file, piece, _written, ct);
            hash.AppendData(piece.Span);
            _written += piece.Length;
            Publish(Math.Min(_written, size - 1));
        }
    }

    private void Publish(long readable)
    {
        Volatile.Write(ref _readable, readable);
        Pulse();
    }

    private void Pulse() => Interlocked.Exchange(ref _progress, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
