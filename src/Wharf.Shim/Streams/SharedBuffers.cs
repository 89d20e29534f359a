using Wharf.Linux;
using Wharf.Shim.Loop;

namespace Wharf.Shim.Streams;

/// <summary>
/// The buffers that all streams of a shim read into, one at a time. After a quiet moment their pages go back to the system: an idle
/// container costs no buffer memory.
/// </summary>
internal sealed class SharedBuffers : IDisposable
{
    public const int HeaderSize = 8;
    private const int OutputSize = 128 * 1024;
    private const int InputSize = 32 * 1024;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private readonly PageBuffer _pages = new(HeaderSize + OutputSize + InputSize);
    private readonly LoopTimer _trim;
    private bool _used;

    public SharedBuffers(EventLoop loop) => _trim = new LoopTimer(loop, Trim);

    /// <summary>Called when memory is given back, for others who hold some.</summary>
    public Action? Trimmed { get; set; }

    /// <summary>Room for Docker's frame header with the payload behind it, so that a frame leaves with one write.</summary>
    public Span<byte> Frame
    {
        get
        {
            Touch();
            return _pages.Span[..(HeaderSize + OutputSize)];
        }
    }

    public Span<byte> Input
    {
        get
        {
            Touch();
            return _pages.Span[(HeaderSize + OutputSize)..];
        }
    }

    public void Dispose()
    {
        _trim.Cancel();
        _pages.Dispose();
    }

    /// <summary>Something was done that leaves memory to give back after a quiet moment.</summary>
    public void Touch()
    {
        _used = true;
        if (!_trim.IsArmed)
        {
            _trim.Restart(Quiet);
        }
    }

    private void Trim()
    {
        if (_used)
        {
            _used = false;
            _trim.Restart(Quiet);
            return;
        }

        _pages.Trim();
        Trimmed?.Invoke();
    }
}
