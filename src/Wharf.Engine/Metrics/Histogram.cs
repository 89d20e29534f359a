using System.Diagnostics;

namespace Wharf.Engine.Metrics;

/// <summary>How long actions took, in the buckets of Prometheus' client library.</summary>
internal sealed class Histogram
{
    public static readonly double[] Bounds = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private long _ticks;

    /// <summary>Counts by bucket, each without those below it; the last one is for everything longer.</summary>
    public IReadOnlyList<long> Counts => [.. Enumerable.Range(0, _counts.Length).Select(i => Interlocked.Read(ref _counts[i]))];

    public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    public async Task<T> TimeAsync<T>(Func<Task<T>> action)
    {
        long start = Stopwatch.GetTimestamp();
        T result = await action();
        Record(Stopwatch.GetElapsedTime(start));
        return result;
    }

    public async Task TimeAsync(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        await action();
        Record(Stopwatch.GetElapsedTime(start));
    }

    public void Record(TimeSpan time)
    {
        int bucket = Array.FindIndex(Bounds, bound => time.TotalSeconds <= bound);
        Interlocked.Increment(ref _counts[bucket < 0 ? Bounds.Length : bucket]);
        Interlocked.Add(ref _ticks, time.Ticks);
    }
}
