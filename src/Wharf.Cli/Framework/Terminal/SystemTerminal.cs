namespace Wharf.Cli.Framework.Terminal;

/// <summary>The process's own standard streams.</summary>
internal sealed class SystemTerminal : ITerminal
{
    private const int In = 0;
    private const int StandardOut = 1;
    private const int StandardError = 2;
    private const int DefaultWidth = 80;
    private const uint Echo = 0x8;

    public Stream Input { get; } = new DescriptorStream(In);

    public TextOutput Out { get; } = new(new DescriptorStream(StandardOut), IsTerminal(StandardOut));

    public TextOutput Error { get; } = new(new DescriptorStream(StandardError), IsTerminal(StandardError));

    public bool InputIsTerminal { get; } = IsTerminal(In);

    public (int Columns, int Rows)? Size =>
        NativeTerminal.TryGetSize(StandardOut, out NativeTerminal.WindowSize size) ? (size.Columns, size.Rows) : null;

    public int HelpWidth => NativeTerminal.TryGetSize(In, out NativeTerminal.WindowSize size) ? size.Columns : DefaultWidth;

    public unsafe bool WaitForInput(int milliseconds)
    {
        var poll = new NativeTerminal.PollDescriptor { Descriptor = In, Events = 1 };
        return NativeTerminal.poll(&poll, 1, milliseconds) > 0;
    }

    public IDisposable? EnterRawMode() => Change(static (ref NativeTerminal.Termios t) => NativeTerminal.cfmakeraw(ref t));

    public IDisposable? HideInput() => Change(static (ref NativeTerminal.Termios t) => t.Local &= ~Echo);

    private delegate void Edit(ref NativeTerminal.Termios termios);

    private static Restorer? Change(Edit edit)
    {
        if (NativeTerminal.tcgetattr(In, out NativeTerminal.Termios before) != 0)
        {
            return null;
        }

        NativeTerminal.Termios after = before;
        edit(ref after);
        _ = NativeTerminal.tcsetattr(In, NativeTerminal.SetNow, in after);
        return new Restorer(before);
    }

    private static bool IsTerminal(int descriptor) => NativeTerminal.isatty(descriptor) == 1;

    private sealed class Restorer(NativeTerminal.Termios before) : IDisposable
    {
        private int _done;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
            {
                _ = NativeTerminal.tcsetattr(In, NativeTerminal.SetNow, in before);
            }
        }
    }
}
