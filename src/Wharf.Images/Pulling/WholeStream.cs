using Wharf.Images.Content;
using Wharf.Primitives;

namespace Wharf.Images.Pulling;

/// <summary>
/// Decompressed content that only ends well when the compressed stream below it has ended too: that is where its digest is checked, and
/// bytes after the end of the compressed data would otherwise pass unseen.
/// </summary>
internal sealed class WholeStream(Stream content, Stream packed) : ReadOnlyStream
{
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read == 0 && buffer.Length > 0)
        {
            await EndAsync(cancellationToken).ConfigureAwait(false);
        }

        return read;
    }

    public override int Read(Span<byte> buffer)
    {
        int read = content.Read(buffer);
        if (read == 0 && buffer.Length > 0)
        {
            EndAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
            packed.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask EndAsync(CancellationToken ct)
    {
        if (!_ended)
        {
            _ended = true;
            if (await packed.ReadAsync(new byte[1], ct).ConfigureAwait(false) > 0)
            {
                throw WharfException.DataLoss("layer has data after its end");
            }
        }
    }
}

/// <summary>A stream that lets something else go when it is closed.</summary>
internal sealed class OwnedStream(Stream inner, Action closed) : ReadOnlyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            closed();
        }

        base.Dispose(disposing);
    }
}
