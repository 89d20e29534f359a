namespace Wharf.Build.Execution;

/// <summary>
/// Gives each stage its own output and passes them on in the order of the file: the first unfinished stage is shown live, later ones
/// are kept until it is their turn.
/// </summary>
internal sealed class OrderedOutput(IBuildOutput output, IReadOnlyList<int> order)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, List<(string Text, bool IsError)>> _kept = order.ToDictionary(i => i, _ => new List<(string, bool)>());
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

    private void Write(int stage, string text, bool isError)
    {
        lock (_gate)
        {
            if (_current < order.Count && order[_current] == stage)
            {
                Pass(text, isError);
            }
            else
            {
                _kept[stage].Add((text, isError));
            }
        }
    }

    private void Flush(int stage)
    {
        foreach (var (text, isError) in _kept[stage])
        {
            Pass(text, isError);
        }

        _kept[stage].Clear();
    }

    private void Pass(string text, bool isError)
    {
        if (isError)
        {
            output.WriteError(text);
        }
        else
        {
            output.Write(text);
        }
    }

    /// <summary>The output of one stage.</summary>
    internal sealed class StageOutput(OrderedOutput all, int stage) : IBuildOutput
    {
        public void Write(string text) => all.Write(stage, text, isError: false);

        public void WriteError(string text) => all.Write(stage, text, isError: true);

        public void PullProgress(object transferEvent)
        {
            lock (all._gate)
            {
                all.Pull(transferEvent);
            }
        }

        public void Built(string imageId) => throw new InvalidOperationException("a stage does not finish the build");
    }

    private void Pull(object transferEvent) => output.PullProgress(transferEvent);
}
