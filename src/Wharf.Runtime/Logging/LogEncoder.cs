namespace Wharf.Runtime.Logging;

/// <summary>The form of entries in a log file. One encoder belongs to one file and keeps no state of its streams.</summary>
public abstract class LogEncoder
{
    /// <summary>An upper bound for the bytes of an entry of so many bytes.</summary>
    public abstract int WorstCase(int lineLength);

    /// <summary>Writes one entry; the output has room for <see cref="WorstCase"/>.</summary>
    /// <returns>Bytes written.</returns>
    public abstract int Encode(LogStream stream, ReadOnlySpan<byte> line, in LogPiece piece, DateTime time, Span<byte> output);

    /// <summary>The length of the whole entries at the start of encoded bytes whose end is missing.</summary>
    public abstract int WholeEntries(ReadOnlySpan<byte> encoded);
}
