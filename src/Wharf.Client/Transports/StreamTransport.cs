namespace Wharf.Client.Transports;

/// <summary>Two streams as one transport: TLS over a socket, or the pipes of an ssh program.</summary>
internal sealed class StreamTransport(Stream input, Stream output, Action closeWrite, Action dispose) : Transport
{
    public override int Read(Span<byte> buffer) => input.Read(buffer);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        output.Write(buffer);
        output.Flush();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        input.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await output.WriteAsync(buffer, cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    public override void CloseWrite() => closeWrite();

    public override void Abort() => dispose();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            dispose();
        }

        base.Dispose(disposing);
    }
}
