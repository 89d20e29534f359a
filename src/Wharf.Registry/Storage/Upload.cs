using System.Security.Cryptography;
using Wharf.Primitives;

namespace Wharf.Registry.Storage;

/// <summary>
/// One upload in progress: a file that only grows, and the running hash of what is in it. One request at a time writes. The file alone survives a
/// restart; the hash is then made anew from it when the upload is finished.
/// </summary>
internal sealed class Upload : IDisposable
{
    public const string DataName = "data";
    public const string OwnerName = "repository";
    private const int WriteSize = 1 << 20;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _folder;
    private IncrementalHash? _hash;
    private long _length;
    private bool _closed;

    public Upload(Guid id, string repository, string folder, long length, DateTimeOffset now)
    {
        Id = id;
        Repository = repository;
        _folder = folder;
        _length = length;
        LastActive = now;
        _hash = length == 0 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    public Guid Id { get; }

    public string Repository { get; }

    /// <summary>Bytes received.</summary>
    public long Length => Volatile.Read(ref _length);

    public DateTimeOffset LastActive { get; private set; }

    public string Folder => _folder;

    public string DataFile => Path.Combine(_folder, DataName);

    /// <summary>Takes the turn to write; a request that was cut off may still be ending its own.</summary>
    /// <returns>False when another request keeps writing.</returns>
    public async Task<bool> EnterAsync(TimeSpan patience, CancellationToken ct)
    {
        if (!await _turn.WaitAsync(patience, ct))
        {
            return false;
        }

        if (_closed)
        {
            _turn.Release();
            throw RegistryFault.UploadUnknown();
        }

        return true;
    }

    public void Leave() => _turn.Release();

    /// <summary>Appends what comes, until the source ends. What came before a source broke stays, and counts.</summary>
    /// <exception cref="RegistryFault">More than <paramref name="limit"/> bytes in all.</exception>
    public async Task AppendAsync(Stream source, long limit, TimeProvider clock, CancellationToken ct)
    {
        using var file = File.OpenHandle(DataFile, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous);
        byte[] first = GC.AllocateUninitializedArray<byte>(WriteSize), second = GC.AllocateUninitializedArray<byte>(WriteSize);
        (byte[] filling, byte[] storing) = (first, second);
        Task pending = Task.CompletedTask;
        try
        {
            while (true)
            {
                int count = 0;
                Exception? broken = null;
                try
                {
                    count = await FillAsync(source, filling, ct);
                }
                catch (PartialReadException e)
                {
                    (count, broken) = (e.Count, e.InnerException);
                }

                await pending;
                pending = Task.CompletedTask;
                if (count > 0)
                {
                    if (_length + count > limit)
                    {
                        throw RegistryFault.SizeInvalid($"blob is larger than {limit} bytes");
                    }

                    (filling, storing) = (storing, filling);
                    pending = StoreAsync(file, storing.AsMemory(0, count), _length);
                    Volatile.Write(ref _length, _length + count);
                    LastActive = clock.GetUtcNow();
                }

                if (broken is not null)
                {
                    throw broken;
                }

                if (count < filling.Length)
                {
                    return;
                }
            }
        }
        finally
        {
            await pending;
        }
    }

    /// <summary>The digest of all that came, by the algorithm of <paramref name="expected"/>; everything is on disk afterwards.</summary>
    public async Task<Digest> FinishAsync(Digest expected, CancellationToken ct)
    {
        using var file = new FileStream(DataFile, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        });
        Digest digest;
        if (_hash is not null && expected.Algorithm == "sha256")
        {
            digest = Digest.FromHash(_hash.GetCurrentHash());
        }
        else
        {
            byte[] hash = expected.Algorithm == "sha512" ? await SHA512.HashDataAsync(file, ct) : await SHA256.HashDataAsync(file, ct);
            digest = Digest.Parse(expected.Algorithm + ":" + Convert.ToHexStringLower(hash));
        }

        await Task.Run(() => file.Flush(flushToDisk: true), CancellationToken.None);
        return digest;
    }

    /// <summary>No request writes to it any more; its folder is deleted.</summary>
    public void Close()
    {
        _closed = true;
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    public void Dispose()
    {
        _hash?.Dispose();
        _hash = null;
    }

    // Hashing and writing of one piece side by side, and both beside the receiving of the next.
    private Task StoreAsync(Microsoft.Win32.SafeHandles.SafeFileHandle file, ReadOnlyMemory<byte> piece, long offset) => Task.Run(async () =>
    {
        Task write = RandomAccess.WriteAsync(file, piece, offset).AsTask();
        _hash?.AppendData(piece.Span);
        try
        {
            await write;
        }
        catch
        {
            // Hash and file no longer agree: what is not in the file did not come.
            _hash?.Dispose();
            _hash = null;
            Volatile.Write(ref _length, offset);
            throw;
        }
    });

    private static async Task<int> FillAsync(Stream source, byte[] buffer, CancellationToken ct)
    {
        int count = 0;
        try
        {
            while (count < buffer.Length)
            {
                int read = await source.ReadAsync(buffer.AsMemory(count), ct);
                if (read == 0)
                {
                    break;
                }

                count += read;
            }

            return count;
        }
        catch (Exception e)
        {
            throw new PartialReadException(count, e);
        }
    }

    private sealed class PartialReadException(int count, Exception inner) : Exception(inner.Message, inner)
    {
        public int Count => count;
    }
}
