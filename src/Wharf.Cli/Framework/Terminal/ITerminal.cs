namespace Wharf.Cli.Framework.Terminal;

/// <summary>The three standard streams and what is known of the terminal behind them.</summary>
internal interface ITerminal
{
    Stream Input { get; }

    TextOutput Out { get; }

    TextOutput Error { get; }

    bool InputIsTerminal { get; }

    /// <summary>Columns and rows of the terminal at standard output, or null.</summary>
    (int Columns, int Rows)? Size { get; }

    /// <summary>Columns of the terminal at standard input, by which help is wrapped; 80 without one.</summary>
    int HelpWidth { get; }

    /// <summary>Waits for input. False when there was none for that long.</summary>
    bool WaitForInput(int milliseconds);

    /// <summary>Raw mode until the result is disposed; null without a terminal at standard input.</summary>
    IDisposable? EnterRawMode();

    /// <summary>As raw mode, but only without echo: for passwords.</summary>
    IDisposable? HideInput();
}
