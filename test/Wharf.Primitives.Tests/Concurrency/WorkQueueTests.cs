using Wharf.Primitives.Concurrency;

namespace Wharf.Primitives.Tests.Concurrency;

public sealed class WorkQueueTests
{
    [Fact]
    public void Items_OfSeveralThreads_AreEachTakenOnceAndInTheirOrder()
    {
        var queue = new WorkQueue<(int Thread, int Number)>();
        var taken = new List<(int Thread, int Number)>();
        var taker = new Thread(() =>
        {
            while (queue.TryTake(out (int, int) item, Timeout.InfiniteTimeSpan))
            {
                taken.Add(item);
            }
        });
        taker.Start();
        Parallel.For(0, 4, t =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Assert.True(queue.TryAdd((t, i)));
            }
        });

        queue.Close();

        Assert.True(taker.Join(TimeSpan.FromSeconds(60)));
        Assert.Equal(4000, taken.Count);
        for (int t = 0; t < 4; t++)
        {
            Assert.Equal(Enumerable.Range(0, 1000), taken.Where(i => i.Thread == t).Select(i => i.Number));
        }
    }

    [Fact]
    public void Closed_GivesWhatItHasAndTakesNothingMore()
    {
        var queue = new WorkQueue<int>();
        queue.TryAdd(1);
        queue.Close();

        Assert.False(queue.TryAdd(2));
        Assert.False(queue.IsEnded);
        Assert.True(queue.TryTake(out int item));
        Assert.Equal(1, item);
        Assert.True(queue.IsEnded);
        Assert.False(queue.TryTake(out _, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void Empty_AskedManyTimes_NeverWaits()
    {
        // A millisecond that ends between two looks at the clock is met within this many.
        var queue = new WorkQueue<int>();
        var asking = new Thread(() =>
        {
            long until = Environment.TickCount64 + 500;
            while (Environment.TickCount64 < until)
            {
                queue.TryTake(out _);
            }
        });
        asking.IsBackground = true;
        asking.Start();

        Assert.True(asking.Join(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Empty_IsLeftAfterTheTimeGiven()
    {
        var queue = new WorkQueue<int>();

        Assert.False(queue.TryTake(out _));
        Assert.False(queue.TryTake(out _, TimeSpan.FromMilliseconds(20)));
        Assert.False(queue.IsEnded);
    }
}
