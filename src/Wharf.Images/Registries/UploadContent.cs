using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>
/// The body of an upload, written by a callback straight into the connection and hashed on its way. Its length need not be known, and how
/// long it takes is no measure of whether it hangs: <see cref="Activity"/> is called whenever it gets on.
/// </summary>
internal sealed class UploadContent : HttpContent
{
    private readonly Func<Stream, CancellationToken, Task> _write;
    private readonly long? _length;

    /// <param name="write">Writes the content, each time anew.</param>
    /// <param name="length">Bytes, if that is known.</param>
    public UploadContent(Func<Stream, CancellationToken, Task> write, long? length)
    {
        _write = write;
        _length = length;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    public Action Activity { get; set; } = () => { };

    /// <summary>Of what has been written, once all is.</summary>
    public Digest Digest { get; private set; }

    public long Size { get; private set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var hashed = new Hashed(stream, Activity);
        await _write(hashed, cancellationToken).ConfigureAwait(false);
        (Digest, Size) = hashed.Result();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }

    private sealed class Hashed(Stream inner, Action activity) : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _count;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _count;
            set => throw new NotSupportedException();
        }

        public (Digest Digest, long Size) Result() => (Digest.FromHash(_hash.GetCurrentHash()), _count);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _hash.AppendData(buffer.Span);
            _count += buffer.Length;
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            activity();
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _hash.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
