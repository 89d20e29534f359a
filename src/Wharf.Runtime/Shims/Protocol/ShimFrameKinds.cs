namespace Wharf.Runtime.Shims.Protocol;

/// <summary>What the daemon asks of a shim. Numbers are on the wire for as long as an older shim may run: none is ever used again for something else.</summary>
public enum ShimRequestKind : byte
{
    None = 0,

    /// <summary>First frame of a control connection: First = the daemon's protocol version. Answer: State; then events are sent here.</summary>
    Hello = 1,

    /// <summary>Id = the container a warm shim now belongs to.</summary>
    Assign = 2,

    /// <summary>First frame of a stdio connection: Id = exec or empty, First = <see cref="ShimAttachFlags"/>. After the answer Ok the connection carries only stdio.</summary>
    Attach = 3,

    /// <summary>Payload = ShimTask as JSON. Answer: Launched.</summary>
    Launch = 4,

    /// <summary>First = signal, Second = 1 for every process of the container.</summary>
    Signal = 5,
    Pause = 6,
    Resume = 7,

    /// <summary>Id = exec or empty, First = width, Second = height.</summary>
    Resize = 8,

    /// <summary>Payload = LinuxResources as JSON.</summary>
    Update = 9,

    /// <summary>Payload = ShimExec as JSON. Answer: Launched.</summary>
    Exec = 10,

    /// <summary>Id = exec, First = signal.</summary>
    ExecSignal = 11,

    /// <summary>Answer: Pids.</summary>
    Pids = 12,

    /// <summary>The exit is recorded elsewhere: remove the state and go.</summary>
    Release = 13,
}

/// <summary>What a shim answers or reports.</summary>
public enum ShimReplyKind : byte
{
    None = 0,
    Ok = 1,

    /// <summary>Code = an ErrorKind, Text = the sentence.</summary>
    Error = 2,

    /// <summary>Pid, Time on success; otherwise Text = the error and Code = its exit code. Names = warnings.</summary>
    Launched = 3,

    /// <summary>Numbers = host pids.</summary>
    Pids = 4,

    /// <summary>Code = the shim's protocol version, Id = container, Pid = first process or 0, Time = its start, Numbers = [the shim's own pid], Names = running execs.</summary>
    State = 5,

    /// <summary>Event. Id = exec or empty for the container, Code = exit code, Flag = out of memory, Time = when.</summary>
    Exited = 16,

    /// <summary>Event: a process of the container was killed for want of memory.</summary>
    OutOfMemory = 17,
}

/// <summary>Which streams a stdio connection carries.</summary>
[Flags]
public enum ShimAttachFlags
{
    None = 0,
    Stdin = 1,
    Stdout = 2,
    Stderr = 4,

    /// <summary>Output as the process wrote it.</summary>
    Raw = 8,

    /// <summary>Output in frames of Docker's 8-byte header and data, also from a terminal.</summary>
    Framed = 16,

    /// <summary>
    /// Output waits for the first message on the connection, one byte that is no input: a descriptor that comes with it is the socket that output goes to;
    /// without one it goes here. From version 2 on.
    /// </summary>
    Outlet = 32,
}
