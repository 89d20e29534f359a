using System.IO.Pipelines;
using System.Text;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>The end of a log stream that sends: takes entries as they are read, and at each flush waits until they are sent.</summary>
internal sealed class ShippingWriter(ShippedPosition position, Func<IReadOnlyList<ShippedLine>, CancellationToken, Task> send) : PipeWriter, ILogEntrySink
{
    private readonly List<ShippedLine> _waiting = [];

    public bool Raw => true;

    public bool Write(in LogEntry entry, System.Buffers.IBufferWriter<byte> output)
    {
        string time = Encoding.ASCII.GetString(entry.Time);
        if (!position.WasSent(time))
        {
            bool whole = entry.Message.Length > 0 && entry.Message[^1] == (byte)'\n';
            _waiting.Add(new ShippedLine(entry.IsError, time, (whole ? entry.Message[..^1] : entry.Message).ToArray(), Partial: !whole));
        }

        return true;
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_waiting.Count > 0)
        {
            await send(_waiting, cancellationToken);
            _waiting.Clear();
        }

        return default;
    }

    public override void Advance(int bytes) => throw new NotSupportedException();

    public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

    public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }
}
