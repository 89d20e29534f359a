using System.Runtime.ExceptionServices;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>
/// The stages of one build that run or have run. Those that the file shows to be needed begin together; one that only a trigger of a pulled base image
/// asks for begins when that is known, and says what it has to say in the place of the stage that asked.
/// </summary>
internal sealed class RunningStages(BuildSession session, BuildPlan plan, OrderedOutput ordered, CancellationTokenSource stop)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Task<StageState>> _tasks = [];
    private readonly Dictionary<int, int> _askedBy = [];
    private int _steps;

    /// <summary>Starts all stages of the graph.</summary>
    /// <param name="graph">Which.</param>
    /// <param name="labels">Instructions that the target carries out after its own.</param>
    /// <param name="stepsBefore">Steps that were told already.</param>
    public void Start(StageGraph graph, IReadOnlyList<Instruction> labels, int stepsBefore)
    {
        lock (_gate)
        {
            _steps = stepsBefore;
            StartAll(graph, graph.Stages, s => s == graph.Target ? labels : []);
        }
    }

    /// <summary>What comes out of a stage; it is started when it does not run yet.</summary>
    /// <param name="stage">One that stands before the asking one in the file.</param>
    /// <param name="asking">Who needs it.</param>
    public Task<StageState> ResultOf(Stage stage, Stage asking)
    {
        lock (_gate)
        {
            if (!_tasks.ContainsKey(stage.Index))
            {
                var graph = plan.Graph(session.Images, stage);
                List<Stage> late = [.. graph.Stages.Where(s => !_tasks.ContainsKey(s.Index))];
                late.ForEach(s => _askedBy[s.Index] = _askedBy.GetValueOrDefault(asking.Index, asking.Index));
                StartAll(graph, late, _ => []);
            }

            return _tasks[stage.Index];
        }
    }

    /// <summary>What came out of a stage that was started.</summary>
    public Task<StageState> ResultOf(Stage stage)
    {
        lock (_gate)
        {
            return _tasks[stage.Index];
        }
    }

    /// <summary>Waits until every stage has stopped, then throws the failure that came first in the file and is not just a consequence.</summary>
    public async Task WaitForAllAsync(CancellationToken ct)
    {
        int known;
        Task<StageState>[] tasks;
        do
        {
            tasks = Tasks();
            known = tasks.Length;
            await Task.WhenAll(tasks).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        while (Tasks().Length > known);
        ct.ThrowIfCancellationRequested();
        var failures = _tasks.OrderBy(r => r.Key).Where(r => r.Value.Exception is not null).ToList();
        if (failures.Count == 0)
        {
            await Task.WhenAll(tasks);
            return;
        }

        var first = failures.FirstOrDefault(f => f.Value.Exception!.InnerException is not OperationCanceledException);
        first = first.Value is null ? failures[0] : first;

        // What the failed stage said may still wait for an earlier one's turn, which was stopped and never ends.
        ordered.Show(_askedBy.GetValueOrDefault(first.Key, first.Key));
        ExceptionDispatchInfo.Throw(first.Value.Exception!.InnerException!);
    }

    private Task<StageState>[] Tasks()
    {
        lock (_gate)
        {
            return [.. _tasks.Values];
        }
    }

    private void StartAll(StageGraph graph, IReadOnlyList<Stage> stages, Func<Stage, IReadOnlyList<Instruction>> extra)
    {
        int total = _steps + stages.Sum(s => s.Instructions.Count + 1 + extra(s).Count);
        foreach (var stage in stages)
        {
            var output = ordered.For(_askedBy.GetValueOrDefault(stage.Index, stage.Index));
            var reporter = new StageReporter(output, session.Request.Progress, stage, graph.Stages.Count == 1, extra(stage));
            _tasks[stage.Index] = RunAsync(graph, stage, new StageRunner(session, stage, reporter, _steps + 1, total), extra(stage), output);
            _steps += stage.Instructions.Count + 1 + extra(stage).Count;
        }
    }

    private async Task<StageState> RunAsync(StageGraph graph, Stage stage, StageRunner runner, IReadOnlyList<Instruction> extra, IBuildOutput output)
    {
        // Whoever starts it holds the table until all are in it.
        await Task.Yield();
        try
        {
            await Task.WhenAll(graph.NeedsOf(stage).Select(ResultOf));
            var state = await Task.Run(() => runner.RunAsync(extra, stop.Token), stop.Token);
            if (!state.Image.IsEmpty)
            {
                output.StageBuilt(state.Image.ToString());
            }

            ordered.Finish(stage.Index);
            return state;
        }
        catch
        {
            // One failed step ends the build: nothing else may go on working for a result nobody gets.
            await stop.CancelAsync();
            throw;
        }
    }
}
