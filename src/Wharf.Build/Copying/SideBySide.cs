using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Wharf.Build.Copying;

/// <summary>Work on many files by all cores.</summary>
internal static class SideBySide
{
    /// <summary>Runs ranges of the numbers below a count at once; one range alone runs here. The first that fails ends all: which of several came first does not matter.</summary>
    /// <param name="count">How many numbers.</param>
    /// <param name="range">How many of them belong together.</param>
    /// <param name="act">From (inclusive), to (exclusive).</param>
    /// <param name="ct">Ends it between ranges.</param>
    public static void Run(int count, int range, Action<int, int> act, CancellationToken ct)
    {
        if (count <= range)
        {
            act(0, count);
            return;
        }

        try
        {
            Parallel.ForEach(Partitioner.Create(0, count, range), new ParallelOptions { CancellationToken = ct }, part => act(part.Item1, part.Item2));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
