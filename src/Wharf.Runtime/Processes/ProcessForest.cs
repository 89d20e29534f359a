namespace Wharf.Runtime.Processes;

/// <summary>Processes below their parents, as <c>ps f</c> draws them.</summary>
internal static class ProcessForest
{
    /// <summary>The same processes, children behind their parents, with the branch before the command. Siblings keep their order.</summary>
    public static List<ProcessFacts> Of(IReadOnlyList<ProcessFacts> processes)
    {
        HashSet<int> known = [.. processes.Select(p => p.Pid)];
        var children = new Dictionary<int, List<ProcessFacts>>();
        List<ProcessFacts> roots = [];
        foreach (ProcessFacts process in processes)
        {
            if (known.Contains(process.ParentPid) && process.ParentPid != process.Pid)
            {
                (children.TryGetValue(process.ParentPid, out List<ProcessFacts>? siblings) ? siblings : children[process.ParentPid] = []).Add(process);
            }
            else
            {
                roots.Add(process);
            }
        }

        var list = new List<ProcessFacts>(processes.Count);
        roots.ForEach(root => Add(list, root, children, "", ""));

        return list;
    }

    private static void Add(List<ProcessFacts> list, ProcessFacts process, Dictionary<int, List<ProcessFacts>> children, string own, string below)
    {
        list.Add(process with { CommandLine = own + process.CommandLine, Name = own + process.Name });
        List<ProcessFacts> next = children.GetValueOrDefault(process.Pid, []);
        for (int i = 0; i < next.Count; i++)
        {
            Add(list, next[i], children, below + " \\_ ", below + (i + 1 < next.Count ? " |  " : "    "));
        }
    }
}
