using Wharf.Daemon.Hosting;

namespace Wharf.Daemon.Tests.Hosting;

public sealed class IdleMemoryTests
{
    private readonly HandClock _clock = new();
    private long _allocated;
    private int _given;

    [Fact]
    public void Quiet_AfterMuchWork_GivesBackOnce()
    {
        using var idle = new IdleMemory(_clock, () => _allocated, () => _given++);

        Work(20 << 20);
        Assert.Equal(0, _given);
        Work(1000);
        Assert.Equal(1, _given);
        Work(1000);
        Assert.Equal(1, _given);
    }

    [Fact]
    public void Busy_IsLeftAlone()
    {
        using var idle = new IdleMemory(_clock, () => _allocated, () => _given++);

        for (int i = 0; i < 10; i++)
        {
            Work(5 << 20);
        }

        Assert.Equal(0, _given);
    }

    [Fact]
    public void Start_FirstQuietMoment_GivesBackOnce()
    {
        using var idle = new IdleMemory(_clock, () => _allocated, () => _given++);

        Work(3 << 20);
        Assert.Equal(0, _given);
        Work(1000);
        Work(1000);
        Assert.Equal(1, _given);
    }

    [Fact]
    public void Trickle_IsGatheredUntilItIsWorthIt()
    {
        using var idle = new IdleMemory(_clock, () => _allocated, () => _given++);

        for (int i = 0; i < 40; i++)
        {
            Work(400 << 10);
        }

        // The first moment is the start's.
        Assert.Equal(2, _given);
    }

    private void Work(long bytes)
    {
        _allocated += bytes;
        _clock.Tick();
    }

    /// <summary>A clock whose one timer fires when the test says so.</summary>
    private sealed class HandClock : TimeProvider
    {
        private Action? _fire;

        public void Tick() => _fire!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return new Idle();
        }

        private sealed class Idle : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
