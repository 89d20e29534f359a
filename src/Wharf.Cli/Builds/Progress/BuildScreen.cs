using System.Globalization;
using Wharf.Api.Builds;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Builds.Progress;

/// <summary>A build as the lines of a terminal: every step with its time, below a running one the end of its output.</summary>
internal static class BuildScreen
{
    private const int LogLines = 6;
    private const int TimeCells = 8;

    /// <param name="model">The build.</param>
    /// <param name="columns">Cells of a line.</param>
    /// <param name="rows">Lines that may be used; the newest and the running steps come first.</param>
    /// <param name="now">Milliseconds since 1970, by the engine's clock.</param>
    /// <param name="isOver">Nothing more will happen.</param>
    public static List<ScreenLine> Lines(BuildModel model, int columns, int rows, long now, bool isOver)
    {
        List<StepModel> steps = [.. model.Steps.Where(s => s.IsShown)];
        int done = steps.Count(s => s.Outcome is "done" or "cached");
        string seconds = Seconds(Math.Max(0, now - model.Began) / 1000.0);
        string heading = $"[+] Building {seconds} ({done}/{steps.Count})" + (isOver && model.Failure is null && model.ImageId is not null ? " FINISHED" : "");
        var lines = new List<ScreenLine> { new(CellWidth.Cut(heading, columns), null) };

        // A running step never leaves the screen as long as there is room for running steps at all.
        int room = Math.Max(1, rows - 1);
        var running = steps.Where(s => s.Outcome is null).ToList();
        var shown = steps.Where(s => s.Outcome is null).Take(room).ToHashSet();
        foreach (var step in steps.Where(s => s.Outcome is not null).OrderByDescending(s => s.Ended).Take(Math.Max(0, room - shown.Count)))
        {
            shown.Add(step);
        }

        int left = Math.Max(0, room - shown.Count), each = running.Count == 0 ? 0 : Math.Min(LogLines, left / running.Count);
        foreach (var step in steps.Where(shown.Contains))
        {
            lines.Add(Line($" => {Word(step.Outcome)}{step.Name}", Seconds(step.Seconds(now)), columns, step.Outcome));
            if (step.Outcome is null)
            {
                lines.AddRange(Details(step).TakeLast(each).Select(d => new ScreenLine(CellWidth.Cut($" => => {CellWidth.Harmless(d)}", columns), null)));
            }
        }

        return lines;
    }

    private static IEnumerable<string> Details(StepModel step) =>
        step.Transfers.Values.Select(Describe).Concat(step.Lines.TakeLast(LogLines).Select(l => "# " + l.Text));

    private static string Describe(BuildEvent transfer)
    {
        string size = transfer.Current is not { } current ? "" : Units.Size(current, 4) + (transfer.Total is { } total ? " / " + Units.Size(total, 4) : "");
        return string.Join(' ', new[] { transfer.Id ?? "", transfer.Text ?? "", size }.Where(p => p.Length > 0));
    }

    private static string Word(string? outcome) => outcome switch
    {
        "cached" => "CACHED ",
        "failed" => "ERROR ",
        "cancelled" => "CANCELED ",
        _ => "",
    };

    private static ScreenLine Line(string text, string time, int columns, string? outcome)
    {
        int room = Math.Max(1, columns - TimeCells - 1);
        string cut = CellWidth.Cut(CellWidth.Harmless(text), room);
        string gap = new(' ', room - CellWidth.Of(cut));
        return new ScreenLine(CellWidth.Cut($"{cut}{gap} {time.PadLeft(TimeCells)}", columns), outcome);
    }

    private static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture) + "s";
}

/// <summary>A line of the screen.</summary>
/// <param name="Text">Never wider than the screen.</param>
/// <param name="Outcome">Of the step, which chooses the colour; null for one without.</param>
internal readonly record struct ScreenLine(string Text, string? Outcome);
