using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Shim.Loop;

/// <summary>A descriptor in the loop, owned by this watch: <see cref="Close"/> closes it.</summary>
internal sealed class Watch(EventLoop loop, SafeFileHandle file, ulong token, IWatcher watcher)
{
    private EpollEvents _interest;
    private bool _registered;

    public SafeFileHandle File { get; } = file;

    public ulong Token { get; } = token;

    public IWatcher Watcher { get; } = watcher;

    public bool IsClosed { get; private set; }

    public void SetInterest(EpollEvents interest)
    {
        if (IsClosed)
        {
            return;
        }

        loop.Control(this, _interest, interest, _registered).ThrowIfError("epoll_ctl");
        _interest = interest;
        _registered = true;
    }

    /// <summary>No reports at all, not even of hang-ups, which epoll cannot be asked to leave out; until <see cref="SetInterest"/>.</summary>
    public void Suspend()
    {
        if (!IsClosed && _registered)
        {
            loop.Deregister(this).ThrowIfError("epoll_ctl");
            _registered = false;
        }
    }

    public void Close()
    {
        if (!IsClosed)
        {
            Suspend();
            IsClosed = true;
            loop.Forget(this);
            File.Dispose();
        }
    }
}
