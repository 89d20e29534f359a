namespace Wharf.Runtime.Shims.Protocol;

/// <summary>A frame from daemon to shim; the kind says which members have a meaning.</summary>
public sealed record ShimRequest
{
    public required ShimRequestKind Kind { get; init; }

    /// <summary>Comes back in the answer.</summary>
    public uint Sequence { get; init; }

    public string Id { get; init; } = "";

    public int First { get; init; }

    public int Second { get; init; }

    public ReadOnlyMemory<byte> Payload { get; init; }
}

/// <summary>A frame from shim to daemon; events have sequence 0.</summary>
public sealed record ShimReply
{
    public required ShimReplyKind Kind { get; init; }

    public uint Sequence { get; init; }

    public string Id { get; init; } = "";

    public int Pid { get; init; }

    public int Code { get; init; }

    public bool Flag { get; init; }

    /// <summary>UTC ticks; 0 for none.</summary>
    public long Time { get; init; }

    public string Text { get; init; } = "";

    public IReadOnlyList<int> Numbers { get; init; } = [];

    public IReadOnlyList<string> Names { get; init; } = [];
}
