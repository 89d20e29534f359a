using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Threading.Channels;
using Wharf.Api.Json;
using Wharf.Api.Progress;
using Wharf.Api.Server.Errors;
using Wharf.Api.Server.Streams;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Api.Server.Images;

/// <summary>
/// Turns the progress of a transfer into lines of the response. A transfer never waits for a slow reader: when lines pile up, those that only move a bar are
/// left out, since the next one says more.
/// </summary>
internal sealed class TransferLines : IProgress<TransferEvent>
{
    private const int Backlog = 256;

    // Not for a single reader: a channel made for one cannot count, and the first bar would end the transfer.
    private readonly Channel<TransferEvent> events = Channel.CreateUnbounded<TransferEvent>();

    public void Report(TransferEvent value)
    {
        bool bar = value.Total > 0 && value.Current < value.Total;
        if (!bar || events.Reader.Count < Backlog)
        {
            events.Writer.TryWrite(value);
        }
    }

    /// <summary>
    /// Runs a transfer and streams what it reports. A failure before the first line is thrown and becomes an ordinary error answer; a later one becomes
    /// the last line, because the status is sent.
    /// </summary>
    public static async Task RunAsync(ApiCall call, Func<IProgress<TransferEvent>, Task> transfer)
    {
        var progress = new TransferLines();
        using var lines = new JsonLines(call.Http.Response);
        Task pump = progress.PumpAsync(lines, call.Ct);
        Exception? failure = null;
        try
        {
            await transfer(progress);
        }
        catch (Exception error) when (!call.Ct.IsCancellationRequested)
        {
            // It is the registry that does not know the caller. A 401 of ours would have the stock client ask its user for a password, there and then, script or not.
            failure = error is WharfException { Kind: ErrorKind.Unauthorized } refused ? WharfException.Internal(refused.Message, refused) : error;
        }

        progress.events.Writer.Complete();
        await pump;
        if (failure is not null && !lines.Started)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
        else if (failure is not null)
        {
            string message = ErrorStatus.Message(failure);
            var line = new ProgressLine { ErrorDetail = new ErrorDetail { Message = message }, Error = message };
            await lines.WriteAsync(line, ApiJson.Context.ProgressLine, call.Ct);
        }
        else if (!lines.Started)
        {
            await lines.StartAsync(call.Ct);
        }
    }

    private async Task PumpAsync(JsonLines lines, CancellationToken ct)
    {
        await foreach (TransferEvent happened in events.Reader.ReadAllAsync(ct))
        {
            await lines.WriteAsync(LineOf(happened), ApiJson.Context.ProgressLine, ct);
        }
    }

    internal static ProgressLine LineOf(TransferEvent happened)
    {
        if (happened.Pushed is PushedImage pushed)
        {
            var aux = new PushResult { Tag = pushed.Tag, Digest = pushed.Digest.ToString(), Size = pushed.Size };
            return new ProgressLine { ProgressDetail = new ProgressDetail(), Aux = JsonSerializer.SerializeToElement(aux, ApiJson.Context.PushResult) };
        }

        if (happened.Part is { } part)
        {
            var aux = new PushedInstead { ManifestPushedInsteadOfIndex = true, OriginalIndex = ImageViews.Descriptor(part.Index), SelectedManifest = ImageViews.Descriptor(part.Sent) };
            return new ProgressLine { ProgressDetail = new ProgressDetail(), Aux = JsonSerializer.SerializeToElement(aux, ApiJson.Context.PushedInstead) };
        }

        if (happened.Stream is not null)
        {
            return new ProgressLine { Stream = happened.Stream };
        }

        return new ProgressLine
        {
            Id = happened.Id,
            Status = happened.Status,
            ProgressDetail = happened.Id is null ? null
                : happened is { Current: 0, Total: 0 } ? new ProgressDetail()
                : new ProgressDetail { Current = happened.Current, Total = happened.Total == 0 ? null : happened.Total },
        };
    }
}
