using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Recovery;

/// <summary>
/// A point in a running daemon at which something befalls it: the n-th time one of its threads makes a system call of a kind, the call is not made,
/// and the daemon is killed with SIGKILL or hears an error. Done from outside by strace's fault injection, so that the daemon tested is the daemon shipped.
/// </summary>
internal sealed class KillPoint : IDisposable
{
    private readonly Process _tracer;
    private readonly Task _attached;

    private KillPoint(Engine engine, string calls, string what)
    {
        Packages.Need("/usr/bin/strace", "strace");
        _tracer = Command.Start("strace", ["-f", "-p", engine.DaemonPid.ToString(), "-o", "/dev/null", "-e", "trace=" + calls, "-e", $"inject={calls}:{what}"]);
        var ready = new TaskCompletionSource();
        _attached = ready.Task;
        _ = Task.Run(async () =>
        {
            while (await _tracer.StandardError.ReadLineAsync() is { } line)
            {
                if (line.Contains("attached", StringComparison.Ordinal))
                {
                    ready.TrySetResult();
                }
            }

            ready.TrySetException(new InvalidOperationException("strace could not attach"));
        });
        Assert.True(_attached.Wait(TimeSpan.FromSeconds(20)), "strace did not attach");
    }

    /// <summary>Kills the daemon instead of its <paramref name="nth"/> call of this kind (in any thread).</summary>
    public static KillPoint Kill(Engine engine, string calls, int nth) => new(engine, calls, $"signal=KILL:when={nth}");

    /// <summary>Every call of this kind fails, from the <paramref name="nth"/> of each thread on.</summary>
    public static KillPoint Fail(Engine engine, string calls, string error, int nth) => new(engine, calls, $"error={error}:when={nth}+");

    public void Dispose()
    {
        if (!_tracer.HasExited)
        {
            // it lets go of the daemon at SIGTERM; killed, it could leave a thread stopped
            Command.Run("kill", ["-TERM", _tracer.Id.ToString()]);
            if (!_tracer.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                _tracer.Kill();
            }
        }

        _tracer.Dispose();
    }
}
