using Wharf.OciRuntime.CommandLine;
using Wharf.Primitives;
using Wharf.Runtime.Processes;

namespace Wharf.OciRuntime.Inspection;

/// <summary>The processes of a container, as host pids, in the columns that options of ps(1) ask for. The table is our own: no ps of the host is run.</summary>
internal static class PsCommand
{
    public static readonly Command Command = new("ps", "displays the processes running inside a container", [new("format", 'f')], (arguments, session) =>
    {
        IReadOnlyList<string> operands = arguments.Operands;
        if (operands.Count == 0)
        {
            throw WharfException.Invalid("\"ps\" requires a minimum of 1 argument(s)");
        }

        List<int> pids = [.. session.Store.Load(operands[0]).Cgroup.Pids()];
        switch (arguments.Text("format") ?? "table")
        {
            case "json":
                session.Print($"[{string.Join(',', pids)}]");
                break;
            case "table":
                var table = ProcessTable.Read(string.Join(' ', operands.Skip(1)), pids, DateTimeOffset.UtcNow);
                session.Print(TextTable.Format(table.Titles, table.Rows));
                break;
            case var other:
                throw WharfException.Invalid($"invalid format option \"{other}\"");
        }

        return 0;
    })
    { PassesOn = true };
}
