namespace Wharf.Runtime.Logging;

/// <summary>Where a log entry came from; the numbers are those of Docker's stream frames.</summary>
public enum LogStream : byte
{
    Stdout = 1,
    Stderr = 2,
}

/// <summary>
/// What an entry is besides its bytes. A line longer than <see cref="LineSplitter.MaxPiece"/> becomes several entries, all but the last
/// <see cref="Partial"/>; they share <see cref="ChainId"/> and the time of the first.
/// </summary>
/// <param name="Partial">The line goes on in the next entry: no newline belongs behind it.</param>
/// <param name="Chained">Part of a line in several pieces.</param>
/// <param name="ChainId">Tells the pieces of one line from those of others.</param>
/// <param name="Ordinal">Position among the pieces, from 1.</param>
public readonly record struct LogPiece(bool Partial, bool Chained, ulong ChainId, int Ordinal);
