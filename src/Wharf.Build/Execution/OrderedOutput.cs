namespace Wharf.Build.Execution;

/// <summary>
/// Gives each stage its own output and passes them on in the order of the file: the first unfinished stage is shown live, later ones
/// are kept until it is their turn.
/// </summary>
internal sealed class OrderedOutput(IBuildOutput output, IReadOnlyList<int> order)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, List<(string Text, Kind Kind)>> _kept = order.ToDictionary(i => i, _ => new List<(string, Kind)>());
    private readonly HashSet<int> _finished = [];
    private int _current;

    public StageOutput For(int stage) => new(this, stage);

    public void Finish(int stage)
    {
        lock (_gate)
        {
            _finished.Add(stage);
            while (_current < order.Count && _finished.Contains(order[_current]))
            {
                _current++;
                if (_current < order.Count)
                {
                    Flush(order[_current]);
                }
            }
        }
    }

    /// <summary>Shows what a stage has said so far, whoever's turn it is.</summary>
    public void Show(int stage)
    {
        lock (_gate)
        {
            Flush(stage);
        }
    }

    private void Write(int stage, string text, Kind kind)
    {
        lock (_gate)
        {
            if (_current < order.Count && order[_current] == stage)
            {
                Pass(text, kind);
            }
            else
            {
                _kept[stage].Add((text, kind));
            }
        }
    }

    private void Flush(int stage)
    {
        foreach (var (text, kind) in _kept[stage])
        {
            Pass(text, kind);
        }

        _kept[stage].Clear();
    }

    private void Pass(string text, Kind kind)
    {
        switch (kind)
        {
            case Kind.Error:
                output.WriteError(text);
                break;
            case Kind.Image:
                output.StageBuilt(text);
                break;
            default:
                output.Write(text);
                break;
        }
    }

    private enum Kind
    {
        Text = 0,
        Error,
        Image,
    }

    /// <summary>The output of one stage.</summary>
    internal sealed class StageOutput(OrderedOutput all, int stage) : IBuildOutput
    {
        public void Write(string text) => all.Write(stage, text, Kind.Text);

        public void WriteError(string text) => all.Write(stage, text, Kind.Error);

        public void StageBuilt(string imageId) => all.Write(stage, imageId, Kind.Image);

        public void PullProgress(object transferEvent)
        {
            lock (all._gate)
            {
                all.Pull(transferEvent);
            }
        }

        public void Built(string imageId, bool isStage) => throw new InvalidOperationException("a stage does not finish the build");
    }

    private void Pull(object transferEvent) => output.PullProgress(transferEvent);
}
