using System.Globalization;
using Wharf.Api.Builds;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Framework.Terminal;

namespace Wharf.Cli.Builds.Progress;

/// <summary>A build as lines for pipes and logs: <c>#5 [2/4] RUN make</c>, <c>#5 0.123 text</c>, <c>#5 DONE 1.2s</c>.</summary>
internal sealed class PlainView(TextOutput output, BuildModel model) : IBuildView
{
    private readonly Dictionary<int, int> _numbers = [];
    private readonly Dictionary<int, int> _written = [];
    private int _warnings;
    private int? _current;

    public void Show(BuildEvent happened, StepModel? step)
    {
        for (; _warnings < model.Warnings.Count; _warnings++)
        {
            output.WriteLine("WARN: " + model.Warnings[_warnings]);
        }

        // Progress that only counts bytes is for terminals.
        if (step is null || !step.IsShown || happened.Type == "failed" || (happened is { Type: "transfer", Current: not null }) || (happened.Type == "log" && step.Lines.Count == _written.GetValueOrDefault(step.Number)))
        {
            return;
        }

        string number = Turn(step);
        foreach ((long time, string text) in step.Lines.Skip(_written.GetValueOrDefault(step.Number)))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number} {time / 1000.0:0.000} {text}"));
        }

        _written[step.Number] = step.Lines.Count;
        if (happened is { Type: "transfer", Current: null, Text: { } status })
        {
            output.WriteLine($"{number} {(happened.Id is { } id ? id + " " : "")}{status.TrimEnd('\n')}");
        }

        if (step.Outcome is { } outcome && happened.Type == "finished")
        {
            foreach (BuildEvent sent in step.Transfers.Values.Where(t => t is { Current: > 0, Id: null }))
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number} {sent.Text}: {Units.Size(sent.Current!.Value, 4)} {step.Seconds(0):0.0}s done"));
            }

            output.WriteLine(outcome switch
            {
                "cached" => $"{number} CACHED",
                "failed" => $"{number} ERROR",
                "cancelled" => $"{number} CANCELED",
                _ => string.Create(CultureInfo.InvariantCulture, $"{number} DONE {step.Seconds(0):0.0}s"),
            });
            output.WriteLine();
            _current = null;
        }
    }

    public void End()
    {
        foreach (string tag in model.Tags)
        {
            output.WriteLine("naming to " + tag);
        }
    }

    public void Dispose()
    {
        // lines are written at once
    }

    /// <summary>Gives the step the word: its heading, after a mark that the step before goes on.</summary>
    private string Turn(StepModel step)
    {
        bool isNew = !_numbers.TryGetValue(step.Number, out int number);
        if (isNew)
        {
            _numbers[step.Number] = number = _numbers.Count + 1;
        }

        if (_current != step.Number)
        {
            if (_current is { } other)
            {
                output.WriteLine($"#{_numbers[other]} ...\n");
            }

            output.WriteLine($"#{number} {step.Name}");
            _current = step.Number;
        }

        return "#" + number.ToString(CultureInfo.InvariantCulture);
    }
}
