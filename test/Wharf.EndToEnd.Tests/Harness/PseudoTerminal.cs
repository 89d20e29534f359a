using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>A terminal with a program on it, as a person at a keyboard has it: types, reads the screen, changes the window.</summary>
public sealed class PseudoTerminal : IDisposable
{
    private const uint SetLock = 0x40045431, GetNumber = 0x80045430, SetWindow = 0x5414;

    private readonly FileStream _master;
    private readonly Process _process;
    private readonly StringBuilder _screen = new();

    public PseudoTerminal(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, ushort rows = 24, ushort columns = 80)
    {
        var handle = new SafeFileHandle(Open("/dev/ptmx", 0x102 /* read and write, not ours to control */), ownsHandle: true);
        Assert.False(handle.IsInvalid, "a pseudo terminal opens");
        int zero = 0, number = 0;
        Assert.Equal(0, Control(handle, SetLock, ref zero));
        Assert.Equal(0, Control(handle, GetNumber, ref number));
        _master = new FileStream(handle, FileAccess.ReadWrite, 1);
        Resize(rows, columns);
        string terminal = $"/dev/pts/{number}";
        // setsid -c makes the terminal the controlling one of a new session.
        _process = Command.Start("sh", ["-c", $"exec setsid -c -w \"$@\" <{terminal} >{terminal} 2>&1", "sh", program, .. arguments], environment);
        _ = Task.Run(Read);
    }

    public string Screen
    {
        get
        {
            lock (_screen)
            {
                return _screen.ToString();
            }
        }
    }

    public void Type(string text)
    {
        _master.Write(Encoding.UTF8.GetBytes(text));
        _master.Flush();
    }

    public void Resize(ushort rows, ushort columns)
    {
        long window = rows | ((long)columns << 16);
        Assert.Equal(0, Control(_master.SafeFileHandle, SetWindow, ref window));
    }

    public void Expect(string text, int seconds = 15)
    {
        var patience = Stopwatch.StartNew();
        while (!Screen.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(seconds), $"expected \"{text}\" on the screen:\n{Screen}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits for the program and gives its exit code.</summary>
    public int End(int seconds = 20)
    {
        Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(seconds)), "the program did not end; its screen:\n" + Screen);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _master.Dispose();
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        try
        {
            int count;
            while ((count = _master.Read(buffer)) > 0)
            {
                lock (_screen)
                {
                    _screen.Append(Encoding.UTF8.GetString(buffer, 0, count));
                }
            }
        }
        catch (IOException)
        {
            // the other side is closed: the program has ended
        }
        catch (ObjectDisposedException)
        {
            // the test is over
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi)]
#pragma warning disable CA2101 // the path is ASCII
    private static extern int Open(string path, int flags);
#pragma warning restore CA2101

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(SafeFileHandle file, uint request, ref int value);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(SafeFileHandle file, uint request, ref long value);
}
