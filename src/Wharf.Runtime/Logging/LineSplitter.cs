namespace Wharf.Runtime.Logging;

/// <summary>Takes the entries of one stream.</summary>
public interface ILogPieces
{
    /// <param name="line">The bytes without their newline; only valid during the call.</param>
    /// <param name="time">When the first piece of the line was complete.</param>
    void Piece(LogStream stream, ReadOnlySpan<byte> line, in LogPiece piece, DateTime time);
}

/// <summary>
/// Cuts one stream of output into log entries as Docker's copier does: at newlines, and a line without one after every 16 KiB, counted
/// from the line's start. What has no newline yet waits here for more or for <see cref="End"/>.
/// </summary>
public sealed class LineSplitter(LogStream stream)
{
    /// <summary>Bytes of the longest entry.</summary>
    public const int MaxPiece = 16 * 1024;

    private static ulong s_nextChain = (ulong)DateTime.UtcNow.Ticks;

    private byte[]? _held;
    private int _heldLength;
    private ulong _chain;
    private int _ordinal;
    private DateTime _chainTime;

    public void Feed(ReadOnlySpan<byte> chunk, DateTime now, ILogPieces sink)
    {
        while (chunk.Length > 0)
        {
            if (_heldLength == 0)
            {
                int newline = chunk.IndexOf((byte)'\n');
                if (newline >= 0 && newline <= MaxPiece - 1)
                {
                    Complete(chunk[..newline], now, sink);
                    chunk = chunk[(newline + 1)..];
                    continue;
                }

                if (chunk.Length >= MaxPiece)
                {
                    Cut(chunk[..MaxPiece], now, sink);
                    chunk = chunk[MaxPiece..];
                    continue;
                }
            }

            // A line that is not whole yet: gather it, up to the size at which it is cut.
            _held ??= new byte[MaxPiece];
            ReadOnlySpan<byte> room = chunk[..Math.Min(chunk.Length, MaxPiece - _heldLength)];
            int end = room.IndexOf((byte)'\n');
            ReadOnlySpan<byte> taken = end < 0 ? room : room[..end];
            taken.CopyTo(_held.AsSpan(_heldLength));
            _heldLength += taken.Length;
            chunk = chunk[(taken.Length + (end < 0 ? 0 : 1))..];
            if (end >= 0)
            {
                Complete(_held.AsSpan(0, _heldLength), now, sink);
                _heldLength = 0;
            }
            else if (_heldLength == MaxPiece)
            {
                Cut(_held, now, sink);
                _heldLength = 0;
            }
        }
    }

    /// <summary>The stream is at its end: what is held becomes an entry without a newline.</summary>
    public void End(DateTime now, ILogPieces sink)
    {
        if (_heldLength > 0)
        {
            Cut(_held.AsSpan(0, _heldLength), now, sink);
            _heldLength = 0;
        }

        _held = null;
        _ordinal = 0;
    }

    private void Complete(ReadOnlySpan<byte> line, DateTime now, ILogPieces sink)
    {
        if (_ordinal == 0)
        {
            sink.Piece(stream, line, default, now);
            return;
        }

        sink.Piece(stream, line, new LogPiece(Partial: false, Chained: true, _chain, _ordinal + 1), _chainTime);
        _ordinal = 0;
    }

    private void Cut(ReadOnlySpan<byte> line, DateTime now, ILogPieces sink)
    {
        if (_ordinal == 0)
        {
            _chain = s_nextChain++;
            _chainTime = now;
        }

        sink.Piece(stream, line, new LogPiece(Partial: true, Chained: true, _chain, ++_ordinal), _chainTime);
    }
}
