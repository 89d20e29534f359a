using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;

namespace Wharf.Build.Execution;

/// <summary>The output of one stage, told twice: as the classic text, and step by step to who watches the steps. A stage does one step at a time.</summary>
internal sealed class StageReporter(IBuildOutput output, IBuildProgress? progress, Stage stage, bool isOnly, IReadOnlyList<Instruction> extra) : IBuildOutput
{
    // As with BuildKit nothing is done for scratch, so it counts for nothing.
    private readonly int _count = (IsScratch(stage.From) ? 0 : 1) + stage.Instructions.Concat(extra).Count(ChangesFiles);
    private int _position;
    private int _current;

    public void Write(string text) => output.Write(text);

    public void WriteLog(string text)
    {
        output.WriteLog(text);
        progress?.Log(_current, text);
    }

    public void WriteError(string text)
    {
        output.WriteError(text);
        progress?.Log(_current, text);
    }

    public void PullProgress(object transferEvent)
    {
        output.PullProgress(transferEvent);
        progress?.Transfer(_current, transferEvent);
    }

    public void Built(string imageId, bool isStage) => output.Built(imageId, isStage);

    /// <summary>Runs one step and reports its begin and its end.</summary>
    /// <param name="number">Of the step in the build.</param>
    /// <param name="instruction">What it carries out.</param>
    /// <param name="run">Does it; true when it was taken from the cache.</param>
    public async Task StepAsync(int number, Instruction instruction, Func<Task<bool>> run)
    {
        _current = number;
        bool counts = instruction is FromInstruction from ? !IsScratch(from) : ChangesFiles(instruction);
        _position += counts ? 1 : 0;
        progress?.Started(new BuildStep(number, isOnly ? null : stage.Name ?? $"stage-{stage.Index}", counts ? _position : 0, _count, instruction.Original, instruction.Lines.Start));
        var outcome = StepOutcome.Failed;
        try
        {
            outcome = await run() ? StepOutcome.Cached : StepOutcome.Done;
        }
        catch (OperationCanceledException)
        {
            outcome = StepOutcome.Cancelled;
            throw;
        }
        catch (Exception e)
        {
            e.Data[BuildFailure.StepKey] ??= number;
            throw;
        }
        finally
        {
            progress?.Finished(number, outcome);
        }
    }

    private static bool IsScratch(FromInstruction from) => from.BaseName == "scratch";

    private static bool ChangesFiles(Instruction instruction) => instruction is RunInstruction or CopyInstruction or WorkdirInstruction;
}
