using System.Threading.Channels;
using Wharf.Api.Builds;
using Wharf.Api.Json;
using Wharf.Api.Server.Streams;
using Wharf.Build.Execution;
using Wharf.Images.Transfers;

namespace Wharf.Api.Server.Builds;

/// <summary>A build as events, for clients that show its steps side by side. The classic text is left out: events say all of it.</summary>
internal sealed class BuildEvents(TimeProvider clock) : IBuildLines, IBuildProgress
{
    private readonly Channel<BuildEvent> events = Channel.CreateUnbounded<BuildEvent>(new UnboundedChannelOptions { SingleReader = true });

    public bool Any { get; private set; }

    // The classic text.
    public void Write(string text) => Any = true;

    public void PullProgress(object transferEvent) => Any = true;

    public void Built(string imageId, bool isStage) => Send(new BuildEvent { Type = "built", Text = imageId });

    public void Started(BuildStep step) => Send(new BuildEvent
    {
        Type = "started",
        Step = step.Number,
        Stage = step.Stage,
        Position = step.Position == 0 ? null : step.Position,
        Count = step.Count,
        Line = step.Line == 0 ? null : step.Line,
        Text = step.Text,
    });

    public void Log(int step, string text) => Send(new BuildEvent { Type = "log", Step = step, Text = text });

    public void Transfer(int step, object transferEvent)
    {
        var transfer = (TransferEvent)transferEvent;
        Send(new BuildEvent
        {
            Type = "transfer",
            Step = step,
            Id = transfer.Id,
            Text = transfer.Status ?? transfer.Stream,
            Current = transfer.Current == 0 ? null : transfer.Current,
            Total = transfer.Total == 0 ? null : transfer.Total,
        });
    }

    public void Finished(int step, StepOutcome outcome) => Send(new BuildEvent
    {
        Type = "finished",
        Step = step,
        Outcome = outcome switch
        {
            StepOutcome.Done => "done",
            StepOutcome.Cached => "cached",
            StepOutcome.Cancelled => "cancelled",
            _ => "failed",
        },
    });

    public void Warning(string text) => Send(new BuildEvent { Type = "warning", Text = text });

    public void Provenance(string predicate) => Send(new BuildEvent { Type = "provenance", Text = predicate });

    public void Tagged(string name) => Send(new BuildEvent { Type = "tagged", Text = name });

    public void Fail(Exception error) => Send(new BuildEvent
    {
        Type = "failed",
        Text = Errors.ErrorStatus.Message(error),
        Step = error.Data[BuildFailure.StepKey] as int?,
        Code = error.Data[BuildFailure.CodeKey] as int?,
        Excerpt = error.Data[BuildFailure.ExcerptKey] as string,
        Container = error.Data[BuildFailure.ContainerKey] as string,
    });

    public void Finish() => events.Writer.Complete();

    public async Task PumpAsync(JsonLines response, CancellationToken ct)
    {
        await foreach (BuildEvent happened in events.Reader.ReadAllAsync(ct))
        {
            await response.WriteAsync(happened, ApiJson.Context.BuildEvent, ct);
        }
    }

    private void Send(BuildEvent happened)
    {
        Any = true;
        happened.Time = clock.GetUtcNow().ToUnixTimeMilliseconds();
        events.Writer.TryWrite(happened);
    }
}
