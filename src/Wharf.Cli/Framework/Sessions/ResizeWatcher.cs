using System.Runtime.InteropServices;
using Wharf.Cli.Framework.Terminal;
using Wharf.Primitives;

namespace Wharf.Cli.Framework.Sessions;

/// <summary>Gives the container's terminal the size of ours: at once, and whenever ours changes.</summary>
internal sealed class ResizeWatcher : IDisposable
{
    // a process that has only just been started may not have its terminal yet
    private const int Attempts = 10;

    private readonly ITerminal _terminal;
    private readonly Action<int, int> _resize;
    private readonly PosixSignalRegistration _registration;

    private ResizeWatcher(ITerminal terminal, Action<int, int> resize)
    {
        _terminal = terminal;
        _resize = resize;
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Apply());
    }

    public static ResizeWatcher? Start(ITerminal terminal, Action<int, int> resize)
    {
        if (terminal.Size is null)
        {
            return null;
        }

        var watcher = new ResizeWatcher(terminal, resize);
        if (!watcher.Apply())
        {
            new Thread(watcher.Retry) { IsBackground = true, Name = "resize" }.Start();
        }

        return watcher;
    }

    private void Retry()
    {
        for (int i = 1; i <= Attempts; i++)
        {
            Thread.Sleep(i * 10);
            if (Apply())
            {
                return;
            }
        }
    }

    private bool Apply()
    {
        try
        {
            if (_terminal.Size is { } size)
            {
                _resize(size.Columns, size.Rows);
            }

            return true;
        }
        catch (WharfException)
        {
            // not started yet, or ended meanwhile: the retry or the end of the session deals with it
            return false;
        }
    }

    public void Dispose() => _registration.Dispose();
}
