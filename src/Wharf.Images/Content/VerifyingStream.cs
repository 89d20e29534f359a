using System.Security.Cryptography;
using Wharf.Primitives;

namespace Wharf.Images.Content;

/// <summary>Hashes what passes; the read that meets the end fails when the digest is not the promised one.</summary>
internal sealed class VerifyingStream(Stream inner, Digest expected) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _verified;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Passed(buffer.Span, read);
    }

    public override int Read(Span<byte> buffer) => Passed(buffer, inner.Read(buffer));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Passed(Span<byte> buffer, int read)
    {
        if (read > 0)
        {
            _hash.AppendData(buffer[..read]);
        }
        else if (buffer.Length > 0 && !_verified)
        {
            _verified = true;
            Digest actual = Digest.FromHash(_hash.GetHashAndReset());
            if (actual != expected)
            {
                throw WharfException.DataLoss($"content is {actual}, expected {expected}");
            }
        }

        return read;
    }
}
