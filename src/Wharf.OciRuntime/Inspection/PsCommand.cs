using Wharf.Linux;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Inspection;

/// <summary>The processes of a container, as host pids. The table is our own: no ps of the host is run.</summary>
internal static class PsCommand
{
    private const ulong TicksPerSecond = 100;

    public static readonly Command Command = new("ps", "displays the processes running inside a container", [new("format", 'f')], (arguments, session) =>
    {
        IReadOnlyList<string> operands = arguments.Operands;
        if (operands.Count == 0)
        {
            throw WharfException.Invalid("\"ps\" requires exactly 1 argument(s)");
        }

        if (operands.Count > 1)
        {
            throw WharfException.Invalid($"ps options are not supported: {operands[1]}");
        }

        List<int> pids = [.. session.Store.Load(operands[0]).Cgroup.Pids()];
        switch (arguments.Text("format") ?? "table")
        {
            case "json":
                session.Print($"[{string.Join(',', pids)}]");
                break;
            case "table":
                session.Print(TextTable.Format(["UID", "PID", "PPID", "STAT", "TIME", "CMD"], Rows(pids)));
                break;
            case var other:
                throw WharfException.Invalid($"invalid format option \"{other}\"");
        }

        return 0;
    })
    { PassesOn = true };

    private static List<string[]> Rows(List<int> pids)
    {
        var rows = new List<string[]>();
        foreach (int pid in pids)
        {
            if (!ProcessStat.TryRead(pid, out ProcessStat stat)
                || NameCalls.Status(FileCalls.CurrentDirectory, $"/proc/{pid}", AtFlags.None, out FileStatus status) != Errno.None)
            {
                // ended between the list and the look
                continue;
            }

            ulong seconds = (stat.UserTicks + stat.SystemTicks) / TicksPerSecond;
            _ = SmallFile.TryRead($"/proc/{pid}/cmdline", out string command);
            command = command.TrimEnd('\0').Replace('\0', ' ');
            rows.Add(
            [
                $"{status.UserId}", $"{pid}", $"{stat.Parent}", $"{stat.State}", $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}",
                command.Length > 0 ? command : $"[{stat.Command}]",
            ]);
        }

        return rows;
    }
}
