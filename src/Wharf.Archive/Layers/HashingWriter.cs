using System.Security.Cryptography;
using Wharf.Archive.Compression;
using Wharf.Primitives;

namespace Wharf.Archive.Layers;

/// <summary>Passes bytes on and takes their sha256 on the way. The inner stream stays open.</summary>
internal sealed class HashingWriter(Stream inner) : ForwardWriter
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    public Digest Digest() => Primitives.Digest.FromHash(_hash.GetCurrentHash());

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count += buffer.Length;
        _hash.AppendData(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    protected override ValueTask CloseAsync()
    {
        _hash.Dispose();
        return ValueTask.CompletedTask;
    }
}
