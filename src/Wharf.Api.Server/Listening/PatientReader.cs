using System.Buffers;
using System.IO.Pipelines;

namespace Wharf.Api.Server.Listening;

/// <summary>
/// Tells of the end of a client's sending only when all that came before it was looked at. Kestrel takes the two at once for a body cut short, even when the body
/// is whole and more follows, as from a client that sends an exec's request, its stdin and the end of it in one go.
/// </summary>
internal sealed class PatientReader(PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _last;

    // Bytes that were looked at but not taken: the next read begins with them.
    private long _known;

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }

        result = Weigh(result);
        return true;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => Weigh(await inner.ReadAsync(cancellationToken));

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _known = _last.Slice(consumed, examined).Length;
        _last = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private ReadResult Weigh(ReadResult result)
    {
        _last = result.Buffer;
        return result.IsCompleted && result.Buffer.Length > _known ? new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false) : result;
    }
}
