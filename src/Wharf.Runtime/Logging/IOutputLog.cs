namespace Wharf.Runtime.Logging;

/// <summary>Where a container's output is recorded. Trouble with the record never reaches the container.</summary>
public interface IOutputLog
{
    void Write(LogStream stream, ReadOnlySpan<byte> output, DateTime now);

    /// <summary>The stream has ended: what has no newline yet is recorded without one.</summary>
    void End(LogStream stream, DateTime now);
}
