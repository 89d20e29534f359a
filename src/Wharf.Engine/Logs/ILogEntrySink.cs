using System.Buffers;

namespace Wharf.Engine.Logs;

/// <summary>Takes the entries of a log in their order.</summary>
internal interface ILogEntrySink
{
    /// <summary>What it writes are the container's bytes alone, not frames.</summary>
    bool Raw { get; }

    /// <summary>False when it wants no more. The entry lives during the call only.</summary>
    bool Write(in LogEntry entry, IBufferWriter<byte> output);
}
