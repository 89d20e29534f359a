using System.Globalization;
using System.Text;
using Wharf.Linux;

namespace Wharf.Runtime.Processes;

/// <summary>What ps(1) tells of a process, from /proc/PID/stat, status and cmdline (proc_pid_stat(5)).</summary>
internal sealed record ProcessFacts
{
    private const double TicksPerSecond = 100;

    public required int Pid { get; init; }

    public int ParentPid { get; init; }

    public int GroupId { get; init; }

    public int SessionId { get; init; }

    public string State { get; init; } = "";

    public string Terminal { get; init; } = "?";

    public TimeSpan CpuTime { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public TimeSpan Elapsed { get; init; }

    public long VirtualKilobytes { get; init; }

    public long ResidentKilobytes { get; init; }

    public int Nice { get; init; }

    public int Priority { get; init; }

    public int Threads { get; init; }

    public string User { get; init; } = "";

    public uint UserId { get; init; }

    public uint GroupOfUser { get; init; }

    public string Name { get; init; } = "";

    /// <summary>The groups, as <c>ps -o cgroup</c> shows them; empty when the process has ended.</summary>
    public string Cgroup => TextOf("cgroup").TrimEnd('\n').Replace('\n', ',');

    public string CommandLine { get; init; } = "";

    /// <summary>Percent of one CPU over the process's life.</summary>
    public double CpuPercent => Elapsed > TimeSpan.Zero ? Math.Min(99.9, 100 * CpuTime / Elapsed) : 0;

    public double MemoryPercent => 100.0 * ResidentKilobytes * 1024 / HostMemory.TotalBytes();

    public static bool TryRead(int pid, DateTimeOffset now, out ProcessFacts facts)
    {
        facts = null!;
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            int close = stat.LastIndexOf(')');
            string name = stat[(stat.IndexOf('(') + 1)..close];
            string[] field = stat[(close + 2)..].Split(' ');
            string line = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/cmdline")).TrimEnd('\0').Replace('\0', ' ');
            Dictionary<string, string> status = Status(pid);
            uint user = uint.Parse(status["Uid"].Split('\t')[1], CultureInfo.InvariantCulture);
            var elapsed = TimeSpan.FromSeconds(Math.Max(0, UptimeSeconds() - (Number(field[19]) / TicksPerSecond)));
            facts = new ProcessFacts
            {
                Pid = pid,
                State = field[0],
                ParentPid = (int)Number(field[1]),
                GroupId = (int)Number(field[2]),
                SessionId = (int)Number(field[3]),
                Terminal = TerminalName(Number(field[4])),
                CpuTime = TimeSpan.FromSeconds((Number(field[11]) + Number(field[12])) / TicksPerSecond),
                Priority = (int)Number(field[15]),
                Nice = (int)Number(field[16]),
                Threads = (int)Number(field[17]),
                Elapsed = elapsed,
                StartedAt = now - elapsed,
                VirtualKilobytes = Number(field[20]) / 1024,
                ResidentKilobytes = Number(field[21]) * Environment.SystemPageSize / 1024,
                UserId = user,
                GroupOfUser = uint.Parse(status["Gid"].Split('\t')[1], CultureInfo.InvariantCulture),
                User = HostUsers.NameOf(user),
                Name = name,
                CommandLine = line.Length > 0 ? line : $"[{name}]",
            };
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it ended while we looked
        }
    }

    /// <summary>The same with the environment behind the command.</summary>
    public ProcessFacts WithEnvironment() => this with { CommandLine = $"{CommandLine} {TextOf("environ").TrimEnd('\0').Replace('\0', ' ')}".TrimEnd() };

    private string TextOf(string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{Pid}/{file}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it ended while we looked
        }
    }

    private static Dictionary<string, string> Status(int pid) =>
        File.ReadLines($"/proc/{pid}/status").Select(l => l.Split(':', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1].TrimStart(' '), StringComparer.Ordinal);

    private static long Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : 0;

    private static double UptimeSeconds() => double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);

    private static string TerminalName(long device)
    {
        const int PseudoTerminals = 136;
        long major = (device >> 8) & 0xfff, minor = (device & 0xff) | ((device >> 12) & 0xfff00);
        return device == 0 ? "?" : major == PseudoTerminals ? $"pts/{minor}" : $"{major}:{minor}";
    }
}
