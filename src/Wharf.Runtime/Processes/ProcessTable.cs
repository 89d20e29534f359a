using Wharf.Primitives;

namespace Wharf.Runtime.Processes;

/// <summary>Processes in the columns that ps(1) would show for the options given, from /proc; ps itself is not needed.</summary>
public sealed record ProcessTable(IReadOnlyList<string> Titles, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>What runtimes and engines show when they are given no options.</summary>
    public const string DefaultOptions = "-ef";

    /// <param name="options">Options of ps(1); nothing stands for <see cref="DefaultOptions"/>.</param>
    /// <param name="pids">The processes, as we see them.</param>
    /// <param name="now">What starts and ages are reckoned from.</param>
    /// <exception cref="WharfException">InvalidArgument naming the option or column that is not understood.</exception>
    public static ProcessTable Read(string? options, IReadOnlyList<int> pids, DateTimeOffset now)
    {
        var request = new PsOptions(string.IsNullOrWhiteSpace(options) ? DefaultOptions : options);
        var processes = new List<ProcessFacts>();
        foreach (int pid in pids)
        {
            // A process that ended between the list and the look is left out.
            if (ProcessFacts.TryRead(pid, now, out ProcessFacts facts) && request.Selects(facts))
            {
                processes.Add(request.Environment ? facts.WithEnvironment() : facts);
            }
        }

        processes.Sort(request.Order);
        List<ProcessFacts> shown = request.Forest ? ProcessForest.Of(processes) : processes;
        return new ProcessTable([.. request.Columns.Select(c => c.Title)], shown.ConvertAll(facts => (IReadOnlyList<string>)[.. request.Columns.Select(c => c.Value(facts))]));
    }
}
