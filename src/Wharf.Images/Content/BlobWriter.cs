using System.Security.Cryptography;
using Wharf.Primitives;

namespace Wharf.Images.Content;

/// <summary>
/// Writes one blob and hashes it on the way. Disposed without <see cref="CommitAsync"/>, a blob of known digest keeps what it has for
/// the next attempt; an anonymous one is dropped.
/// </summary>
internal sealed class BlobWriter : IAsyncDisposable
{
    private readonly BlobStore _store;
    private readonly string _path;
    private readonly Digest _expected;
    private readonly long _size;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _done;

    internal BlobWriter(BlobStore store, string path, Digest expected, long size)
    {
        _store = store;
        _path = path;
        _expected = expected;
        _size = size;
        _file = Open(path);
    }

    /// <summary>Bytes from an earlier attempt that lie before the write position and have not been read back yet.</summary>
    public long Resumable => _file.Length;

    /// <summary>Bytes hashed so far.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// Reads back what an earlier attempt left, hashing it; 0 at its end. Must be called until then before the first write. The content
    /// is not trusted: the digest of the whole decides.
    /// </summary>
    public int ReadBack(Span<byte> buffer)
    {
        int read = RandomAccess.Read(_file.SafeFileHandle, buffer, Position);
        _hash.AppendData(buffer[..read]);
        Position += read;
        return read;
    }

    /// <summary>Drops what an earlier attempt left.</summary>
    public void Restart()
    {
        _file.SetLength(0);
        _hash.GetHashAndReset();
        Position = 0;
    }

    /// <exception cref="WharfException">DataLoss when more arrives than was announced; Internal when the disk does not take it.</exception>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (!_expected.IsEmpty && Position + data.Length > _size)
        {
            throw WharfException.DataLoss($"content of {_expected} is longer than the {_size} bytes announced");
        }

        try
        {
            RandomAccess.Write(_file.SafeFileHandle, data, Position);
        }
        catch (IOException e)
        {
            throw WharfException.Internal($"write {_path}: {e.Message}", e);
        }

        _hash.AppendData(data);
        Position += data.Length;
    }

    /// <summary>The blob is for an image that is not here yet: see <see cref="BlobStore.Unfinished"/>.</summary>
    public bool IsUnsettled { get; init; }

    /// <summary>Verifies and shows the blob under its digest.</summary>
    /// <exception cref="WharfException">DataLoss: size or digest are not what was promised; what was written is dropped.</exception>
    /// <param name="known">Told the digest just before the blob can be found under it.</param>
    public async Task<Digest> CommitAsync(Action<Digest>? known = null)
    {
        Digest actual = await VerifyAsync().ConfigureAwait(false);
        known?.Invoke(actual);
        _done = true;
        await _file.DisposeAsync().ConfigureAwait(false);
        return await _store.PublishAsync(_path, actual, Position, IsUnsettled).ConfigureAwait(false);
    }

    /// <summary>Gives the content up: nothing of it is to be used again.</summary>
    public async Task DropAsync()
    {
        if (!_done)
        {
            _done = true;
            await _file.DisposeAsync().ConfigureAwait(false);
            await _store.DiscardAsync(_path).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        if (!_done && _expected.IsEmpty)
        {
            await DropAsync().ConfigureAwait(false);
        }

        await _file.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Digest> VerifyAsync()
    {
        Digest actual = Digest.FromHash(_hash.GetHashAndReset());
        if (!_expected.IsEmpty && (Position != _size || actual != _expected))
        {
            await DropAsync().ConfigureAwait(false);
            throw Position != _size
                ? WharfException.DataLoss($"unexpected size of {_expected}: got {Position} bytes, {_size} were announced")
                : WharfException.DataLoss($"filesystem layer verification failed for digest {_expected}");
        }

        return actual;
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Read,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e)
        {
            throw WharfException.Internal($"open {path}: {e.Message}", e);
        }
    }
}
