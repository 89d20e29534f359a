namespace Wharf.OciRuntime.Resources;

/// <summary>A line of <c>events</c>, with runc's member names.</summary>
internal sealed record EventLine(string Type, string Id, EventData? Data);

internal sealed record EventData(EventCpu Cpu, EventMemory Memory, EventPids Pids);

internal sealed record EventCpu(EventCpuUsage Usage, EventThrottling Throttling);

/// <summary>Nanoseconds.</summary>
internal sealed record EventCpuUsage(ulong Total, ulong Kernel, ulong User);

internal sealed record EventThrottling(ulong Periods, ulong ThrottledPeriods, ulong ThrottledTime);

internal sealed record EventMemory(ulong Cache, EventMemoryUsage Usage);

/// <summary>Bytes.</summary>
internal sealed record EventMemoryUsage(ulong Usage, ulong Max, ulong Limit);

internal sealed record EventPids(ulong Current, ulong Limit);
