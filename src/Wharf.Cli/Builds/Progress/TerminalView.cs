using System.Text;
using Wharf.Api.Builds;
using Wharf.Cli.Framework;

namespace Wharf.Cli.Builds.Progress;

/// <summary>Draws the build again and again over itself, also while nothing is heard from the engine: clocks go on.</summary>
internal sealed class TerminalView : IBuildView
{
    private const int Tick = 100;

    private readonly CliContext _cli;
    private readonly BuildModel _model;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _ticker;
    private List<int> _drawn = [];
    private bool _isOver;

    public TerminalView(CliContext cli, BuildModel model)
    {
        _cli = cli;
        _model = model;
        _ticker = new Thread(Run) { IsBackground = true, Name = "progress" };
        _ticker.Start();
    }

    // The ticker draws: a step that says much must not make the terminal the slowest part of the build.
    public void Show(BuildEvent happened, StepModel? step)
    {
    }

    public void End()
    {
        _isOver = true;
        Draw();
        foreach (string warning in _model.Warnings)
        {
            _cli.Error.WriteLine("WARN: " + warning);
        }
    }

    public void Dispose()
    {
        _stop.Set();
        _ticker.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.Wait(Tick))
        {
            lock (_model.Gate)
            {
                if (!_isOver)
                {
                    Draw();
                }
            }
        }
    }

    private void Draw()
    {
        (int columns, int rows) = _cli.Terminal.Size ?? (80, 24);

        // The last line of the screen stays free: the cursor waits there. At the end the whole list is left behind, however long it is.
        List<ScreenLine> lines = BuildScreen.Lines(_model, columns, _isOver ? int.MaxValue : Math.Max(2, rows - 1), _cli.Clock.GetUtcNow().ToUnixTimeMilliseconds(), _isOver);
        var text = new StringBuilder();

        // A window that became narrower has broken the lines that are there.
        int up = _drawn.Sum(width => Math.Max(1, (width + columns - 1) / Math.Max(1, columns)));
        text.Append(up > 0 ? $"\u001b[{up}A\r" : "").Append("\u001b[J");
        foreach (ScreenLine line in lines)
        {
            string? colour = !_cli.UseColour ? null : line.Outcome switch
            {
                "done" or "cached" => "\u001b[34m",
                "failed" => "\u001b[31m",
                "cancelled" => "\u001b[33m",
                _ => null,
            };
            text.Append(colour).Append(line.Text).Append(colour is null ? "" : "\u001b[0m").Append('\n');
        }

        _drawn = [.. lines.Select(l => CellWidth.Of(l.Text))];
        _cli.Error.Write(text.ToString());
    }
}
