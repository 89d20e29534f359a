using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Wharf.Primitives.Concurrency;

namespace Wharf.Linux.Netlink;

/// <summary>
/// A thread of its own that enters network namespaces, does something short there and comes back (setns(2), unshare(2)). No thread of the
/// pool is ever in a foreign namespace, so nothing else of the process can open a socket in the wrong one. What runs here must not start threads or
/// asynchronous work: a new thread inherits the namespace of the one that creates it.
/// </summary>
public sealed class NamespaceThread : IDisposable
{
    private readonly WorkQueue<Action> _work = new();
    private readonly SafeFileHandle _home;
    private readonly Thread _thread;

    public NamespaceThread(string name)
    {
        FileCalls.Open("/proc/thread-self/ns/net", OpenFlags.ReadOnly | OpenFlags.CloseOnExec, out _home).ThrowIfError("open", "/proc/thread-self/ns/net");
        _thread = new Thread(Loop, maxStackSize: 256 * 1024) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Runs in the given namespace and waits for the result; what it throws is thrown here.</summary>
    public T Run<T>(SafeFileHandle ns, Func<T> function)
    {
        T result = default!;
        Wait(() => result = Inside(ns, function));
        return result;
    }

    /// <summary>Creates a network namespace, lets <paramref name="prepare"/> run inside, and gives both the descriptor and its result.</summary>
    public (SafeFileHandle Namespace, T Result) Create<T>(Func<SafeFileHandle, T> prepare)
    {
        SafeFileHandle? created = null;
        T result = default!;
        Wait(() =>
        {
            NamespaceCalls.Unshare(NamespaceKinds.Network).ThrowIfError("unshare", "network namespace");
            try
            {
                FileCalls.Open("/proc/thread-self/ns/net", OpenFlags.ReadOnly | OpenFlags.CloseOnExec, out created).ThrowIfError("open", "/proc/thread-self/ns/net");
                result = prepare(created);
            }
            catch
            {
                created?.Dispose();
                throw;
            }
            finally
            {
                Return();
            }
        });
        return (created!, result);
    }

    public void Dispose()
    {
        _work.Close();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        _home.Dispose();
    }

    private T Inside<T>(SafeFileHandle ns, Func<T> function)
    {
        NamespaceCalls.Enter(ns, NamespaceKinds.Network).ThrowIfError("enter network namespace");
        try
        {
            return function();
        }
        finally
        {
            Return();
        }
    }

    private void Return()
    {
        Errno errno = NamespaceCalls.Enter(_home, NamespaceKinds.Network);
        if (errno != Errno.None)
        {
            // Every later socket would land in a container: nothing sensible can follow.
            Environment.FailFast($"cannot return to the daemon's network namespace: {errno.Describe()}");
        }
    }

    private void Wait(Action action)
    {
        // without spinning: what is waited for takes a thousand times as long
        using var done = new ManualResetEventSlim(initialState: false, spinCount: 0);
        ExceptionDispatchInfo? failure = null;
        bool added = _work.TryAdd(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                done.Set();
            }
        });
        ObjectDisposedException.ThrowIf(!added, this);
        done.Wait();
        failure?.Throw();
    }

    private void Loop()
    {
        while (_work.TryTake(out Action? action, Timeout.InfiniteTimeSpan))
        {
            action();
        }
    }
}
