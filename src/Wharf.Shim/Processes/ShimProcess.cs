using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Shim.Loop;
using Wharf.Shim.Streams;

namespace Wharf.Shim.Processes;

/// <summary>
/// A process of the container, the first or an exec. It is complete when it has ended and its outputs have: or, since a child left in the
/// background may hold them open for ever, when they have not ended <see cref="DrainTime"/> after it (as long as Docker waits).
/// </summary>
internal sealed class ShimProcess
{
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly Action<ShimProcess> _completed;
    private readonly LoopTimer _drain;
    private bool _complete;

    public ShimProcess(string id, StdioHub hub, EventLoop loop, Action<ShimProcess> completed)
    {
        Id = id;
        Hub = hub;
        _completed = completed;
        _drain = new LoopTimer(loop, Complete);
        hub.Drained = CheckComplete;
    }

    /// <summary>The exec's id; empty for the container's first process.</summary>
    public string Id { get; }

    public StdioHub Hub { get; }

    /// <summary>0 until it has started.</summary>
    public int Pid { get; set; }

    public SafeFileHandle? PidFd { get; set; }

    /// <summary>A copy of the terminal's master, for its size.</summary>
    public SafeFileHandle? Terminal { get; set; }

    public int ExitCode { get; private set; }

    public DateTime FinishedAt { get; private set; }

    public bool HasEnded { get; private set; }

    public bool IsRunning => Pid != 0 && !HasEnded;

    public void Ended(ProcessEnd end)
    {
        HasEnded = true;
        ExitCode = end.ExitCode;
        FinishedAt = DateTime.UtcNow;
        PidFd?.Dispose();
        Hub.ProcessEnded();
        CheckComplete();
        if (!_complete)
        {
            _drain.Restart(DrainTime);
        }
    }

    private void CheckComplete()
    {
        if (HasEnded && Hub.IsDrained)
        {
            Complete();
        }
    }

    private void Complete()
    {
        if (_complete)
        {
            return;
        }

        _complete = true;
        _drain.Cancel();
        Terminal?.Dispose();
        Hub.Finish();
        _completed(this);
    }
}
