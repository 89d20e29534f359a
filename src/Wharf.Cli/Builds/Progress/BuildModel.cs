using System.Text;
using Wharf.Api.Builds;

namespace Wharf.Cli.Builds.Progress;

/// <summary>What is known of a running build, from the engine's events and from the sending of the context. Its users take turns by <see cref="Gate"/>.</summary>
internal sealed class BuildModel
{
    /// <summary>Number of the step that sends the context; the engine counts its own from 1.</summary>
    public const int ContextStep = 0;

    private readonly Dictionary<int, StepModel> _byNumber = [];

    public Lock Gate { get; } = new();

    /// <summary>In the order of their beginning.</summary>
    public List<StepModel> Steps { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Tags { get; } = [];

    public string? ImageId { get; private set; }

    /// <summary>How the image came to be, when that was asked for: JSON.</summary>
    public string? Provenance { get; private set; }

    /// <summary>The event that ended the build badly.</summary>
    public BuildEvent? Failure { get; private set; }

    /// <summary>The first event's time, in milliseconds since 1970.</summary>
    public long Began { get; private set; }

    public StepModel? FailedStep => Failure?.Step is { } number ? _byNumber.GetValueOrDefault(number) : null;

    /// <returns>The step that the event was about; null for one about the whole.</returns>
    public StepModel? Apply(BuildEvent happened)
    {
        long now = happened.Time ?? 0;
        Began = Began == 0 ? now : Began;
        StepModel? step = happened.Step is { } number ? _byNumber.GetValueOrDefault(number) : null;
        switch (happened.Type)
        {
            case "started":
                step = new StepModel(happened, now);
                _byNumber[step.Number] = step;
                Steps.Add(step);
                break;
            case "log":
                step?.Append(happened.Text ?? "", now);
                break;
            case "transfer":
                step?.Transfer(happened);
                break;
            case "finished":
                step?.Finish(happened.Outcome ?? "done", now);
                break;
            case "warning":
                Warnings.Add(happened.Text ?? "");
                break;
            case "tagged":
                Tags.Add(happened.Text ?? "");
                break;
            case "provenance":
                Provenance = happened.Text;
                break;
            case "built":
                ImageId = happened.Text;
                break;
            case "failed":
                Failure = happened;
                break;
        }

        return step;
    }
}

/// <summary>One step: what it is, how it goes, what it said.</summary>
internal sealed class StepModel
{
    private readonly StringBuilder _partial = new();

    public StepModel(BuildEvent started, long now)
    {
        Number = started.Step ?? 0;
        Began = now;
        IsQuiet = started.Position is null && Number != BuildModel.ContextStep;
        string place = started is { Position: { } position, Count: > 0 } ? $"{position}/{started.Count}" : "";
        string prefix = string.Join(' ', new[] { started.Stage ?? "", place }.Where(p => p.Length > 0));
        Name = (prefix.Length > 0 ? $"[{prefix}] " : "") + OneLine(started.Text ?? "");
    }

    public int Number { get; }

    public string Name { get; }

    /// <summary>It changes only the configuration: not worth a line, unless something comes of it.</summary>
    public bool IsQuiet { get; }

    public bool IsShown => !IsQuiet || Lines.Count > 0 || Outcome == "failed";

    public long Began { get; }

    public long? Ended { get; private set; }

    /// <summary>done, cached, failed or cancelled; null while it runs.</summary>
    public string? Outcome { get; private set; }

    /// <summary>Whole lines of output, with the milliseconds since the step began.</summary>
    public List<(long Time, string Text)> Lines { get; } = [];

    /// <summary>What it fetches or sends, by id.</summary>
    public Dictionary<string, BuildEvent> Transfers { get; } = [];

    public void Append(string text, long now)
    {
        _partial.Append(text);
        string all = _partial.ToString();
        int start = 0, end;
        while ((end = all.IndexOf('\n', start)) >= 0)
        {
            Lines.Add((now - Began, LastOverwrite(all[start..end])));
            start = end + 1;
        }

        _partial.Clear().Append(all, start, all.Length - start);
    }

    public void Transfer(BuildEvent happened) => Transfers[happened.Id ?? ""] = happened;

    public void Finish(string outcome, long now)
    {
        if (_partial.Length > 0)
        {
            Append("\n", now);
        }

        Outcome = outcome;
        Ended = now;
    }

    public double Seconds(long now) => Math.Max(0, ((Ended ?? now) - Began) / 1000.0);

    /// <summary>What a terminal would show of a line that a program wrote several times over itself (progress bars).</summary>
    private static string LastOverwrite(string line)
    {
        string trimmed = line.TrimEnd('\r');
        return trimmed[(trimmed.LastIndexOf('\r') + 1)..];
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Replace("\\\n", " ", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
