using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Launch;

/// <summary>process.scheduler and process.ioPriority: sched_setattr(2), ioprio_set(2).</summary>
internal static class SchedulingSteps
{
    private static readonly string[] Policies = ["SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"];

    private static readonly (string Name, ulong Bit)[] Flags =
    [
        ("SCHED_FLAG_RESET_ON_FORK", 1), ("SCHED_FLAG_RECLAIM", 2), ("SCHED_FLAG_DL_OVERRUN", 4), ("SCHED_FLAG_KEEP_POLICY", 8),
        ("SCHED_FLAG_KEEP_PARAMS", 16), ("SCHED_FLAG_UTIL_CLAMP_MIN", 32), ("SCHED_FLAG_UTIL_CLAMP_MAX", 64),
    ];

    public static void Set(SyscallPlan plan, ProcessSpec process)
    {
        if (process.ExecCpuAffinity is not null)
        {
            throw WharfException.Invalid("process.execCPUAffinity is not supported");
        }

        if (process.Scheduler is { } scheduler)
        {
            Scheduler(plan, scheduler);
        }

        if (process.IoPriority is { } priority)
        {
            IoPriority(plan, priority);
        }
    }

    // struct sched_attr: size (4), policy (4), flags (8), nice (4), priority (4), runtime, deadline, period (8 each)
    private static void Scheduler(SyscallPlan plan, SchedulerSpec scheduler)
    {
        const ulong StructureSize = 48;
        int policy = Array.IndexOf(Policies, scheduler.Policy);
        if (policy < 0)
        {
            throw WharfException.Invalid($"scheduler policy \"{scheduler.Policy}\" is unknown");
        }

        ulong flags = 0;
        foreach (string flag in scheduler.Flags ?? [])
        {
            ulong bit = Flags.FirstOrDefault(f => f.Name == flag).Bit;
            flags |= bit != 0 ? bit : throw WharfException.Invalid($"scheduler flag \"{flag}\" is unknown");
        }

        nint attributes = plan.Words(StructureSize | ((ulong)policy << 32), flags,
            (uint)(scheduler.Nice ?? 0) | ((ulong)(uint)(scheduler.Priority ?? 0) << 32), scheduler.Runtime ?? 0, scheduler.Deadline ?? 0, scheduler.Period ?? 0);
        plan.Add("sched_setattr", scheduler.Policy, Call.sched_setattr, 0, attributes, 0);
    }

    private static void IoPriority(SyscallPlan plan, IoPrioritySpec priority)
    {
        const int WhoProcess = 1, ClassShift = 13;
        int kind = priority.Class switch
        {
            "IOPRIO_CLASS_RT" => 1,
            "IOPRIO_CLASS_BE" => 2,
            "IOPRIO_CLASS_IDLE" => 3,
            _ => throw WharfException.Invalid($"I/O priority class \"{priority.Class}\" is unknown"),
        };
        if (priority.Priority is < 0 or > 7)
        {
            throw WharfException.Invalid($"I/O priority {priority.Priority} is not between 0 and 7");
        }

        plan.Add("ioprio_set", priority.Class, Call.ioprio_set, WhoProcess, 0, (kind << ClassShift) | priority.Priority);
    }
}
