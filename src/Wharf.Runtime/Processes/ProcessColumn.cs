using System.Globalization;

namespace Wharf.Runtime.Processes;

/// <summary>A column of ps(1): its heading and its text for a process.</summary>
internal sealed record ProcessColumn(string Title, Func<ProcessFacts, string> Value)
{
    /// <summary>The columns that <c>-o</c> can name, by ps(1)'s words.</summary>
    public static readonly IReadOnlyDictionary<string, ProcessColumn> ByName = new Dictionary<string, ProcessColumn>(StringComparer.Ordinal)
    {
        ["pid"] = new("PID", f => Text(f.Pid)),
        ["ppid"] = new("PPID", f => Text(f.ParentPid)),
        ["pgid"] = new("PGID", f => Text(f.GroupId)),
        ["pgrp"] = new("PGRP", f => Text(f.GroupId)),
        ["sid"] = new("SID", f => Text(f.SessionId)),
        ["sess"] = new("SESS", f => Text(f.SessionId)),
        ["user"] = new("USER", f => f.User),
        ["euser"] = new("EUSER", f => f.User),
        ["uname"] = new("USER", f => f.User),
        ["uid"] = new("UID", f => Text(f.UserId)),
        ["euid"] = new("EUID", f => Text(f.UserId)),
        ["gid"] = new("GID", f => Text(f.GroupOfUser)),
        ["pcpu"] = new("%CPU", f => Percent(f.CpuPercent)),
        ["%cpu"] = new("%CPU", f => Percent(f.CpuPercent)),
        ["c"] = new("C", f => Text((int)f.CpuPercent)),
        ["pmem"] = new("%MEM", f => Percent(f.MemoryPercent)),
        ["%mem"] = new("%MEM", f => Percent(f.MemoryPercent)),
        ["vsz"] = new("VSZ", f => Text(f.VirtualKilobytes)),
        ["rss"] = new("RSS", f => Text(f.ResidentKilobytes)),
        ["tty"] = new("TTY", f => f.Terminal),
        ["tt"] = new("TT", f => f.Terminal),
        ["stat"] = new("STAT", f => f.State),
        ["state"] = new("S", f => f.State),
        ["s"] = new("S", f => f.State),
        ["stime"] = new("STIME", f => Clock(f.StartedAt)),
        ["start"] = new("STARTED", f => f.StartedAt.LocalDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)),
        ["lstart"] = new("STARTED", f => f.StartedAt.LocalDateTime.ToString("ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture)),
        ["time"] = new("TIME", f => Long(f.CpuTime)),
        ["cputime"] = new("TIME", f => Long(f.CpuTime)),
        ["etime"] = new("ELAPSED", f => f.Elapsed.TotalHours >= 1 ? Long(f.Elapsed) : Short(f.Elapsed)),
        ["etimes"] = new("ELAPSED", f => Text((long)f.Elapsed.TotalSeconds)),
        ["ni"] = new("NI", f => Text(f.Nice)),
        ["nice"] = new("NI", f => Text(f.Nice)),
        ["pri"] = new("PRI", f => Text(f.Priority)),
        ["nlwp"] = new("NLWP", f => Text(f.Threads)),
        ["thcount"] = new("THCNT", f => Text(f.Threads)),
        ["cgroup"] = new("CGROUP", f => f.Cgroup),
        ["label"] = new("LABEL", _ => "-"),
        ["comm"] = new("COMMAND", f => f.Name),
        ["ucmd"] = new("CMD", f => f.Name),
        ["cmd"] = new("CMD", f => f.CommandLine),
        ["args"] = new("COMMAND", f => f.CommandLine),
        ["command"] = new("COMMAND", f => f.CommandLine),
    };

    public static string Clock(DateTimeOffset moment) => moment.LocalDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);

    public static string Long(TimeSpan time) => $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}";

    public static string Short(TimeSpan time) => $"{(int)time.TotalMinutes}:{time.Seconds:00}";

    public static string Percent(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
