namespace Wharf.Engine.Logs;

/// <summary>One entry of a log file; its spans live in the reader's buffers until the next entry is read.</summary>
internal ref struct LogEntry
{
    public bool IsError;

    /// <summary>As in the file: RFC 3339 in json-file.</summary>
    public ReadOnlySpan<byte> Time;

    /// <summary>What the container wrote, with its newline unless the entry is a piece of a longer line.</summary>
    public ReadOnlySpan<byte> Message;

    /// <summary>JSON object of extra attributes, or empty.</summary>
    public ReadOnlySpan<byte> Attributes;
}

/// <summary>Reads the entries of one file format out of a buffer.</summary>
internal abstract class LogDecoder
{
    /// <summary>Takes the next whole entry off <paramref name="data"/>.</summary>
    /// <returns>Bytes consumed; 0 when no whole entry is there. <paramref name="valid"/> is false for one that cannot be understood and is passed over.</returns>
    public abstract int Read(ReadOnlySpan<byte> data, out LogEntry entry, out bool valid);

    /// <summary>Where the last <paramref name="entries"/> entries of the file begin, and how many there are if it has fewer.</summary>
    public abstract (long Offset, long Found) FindTail(Stream file, long entries);
}
