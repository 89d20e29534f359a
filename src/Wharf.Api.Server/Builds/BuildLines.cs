using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Wharf.Api.Images;
using Wharf.Api.Json;
using Wharf.Api.Progress;
using Wharf.Api.Server.Images;
using Wharf.Api.Server.Streams;
using Wharf.Build.Execution;
using Wharf.Images.Transfers;

namespace Wharf.Api.Server.Builds;

/// <summary>A build's output as lines of the response. Lines wait for a slow reader in memory; a build never does.</summary>
internal sealed class BuildLines(bool quiet) : IBuildLines
{
    private readonly Channel<ProgressLine> lines = Channel.CreateUnbounded<ProgressLine>(new UnboundedChannelOptions { SingleReader = true });

    // What a quiet build did not show is shown when it fails.
    private readonly StringBuilder withheld = new();

    /// <summary>Something was said: a failure is then told in its place at the end.</summary>
    public bool Any { get; private set; }

    public void Write(string text)
    {
        Any = true;
        if (quiet)
        {
            withheld.Append(text);
        }
        else
        {
            lines.Writer.TryWrite(new ProgressLine { Stream = text });
        }
    }

    /// <summary>In red, as the classic builder shows it.</summary>
    public void WriteError(string text) => Write($"\e[91m{text}\e[0m");

    public void PullProgress(object transferEvent)
    {
        Any = true;
        if (!quiet)
        {
            lines.Writer.TryWrite(TransferLines.LineOf((TransferEvent)transferEvent));
        }
    }

    public void StageBuilt(string imageId)
    {
        if (!quiet)
        {
            lines.Writer.TryWrite(new ProgressLine { Aux = JsonSerializer.SerializeToElement(new ImageIdResponse { ID = imageId }, ApiJson.Context.ImageIdResponse) });
        }
    }

    public void Built(string imageId, bool isStage)
    {
        if (quiet)
        {
            lines.Writer.TryWrite(new ProgressLine { Stream = imageId + "\n" });
        }
        else if (!isStage)
        {
            StageBuilt(imageId);
        }
    }

    /// <summary>The last line of a build that failed.</summary>
    public void Fail(Exception error)
    {
        if (withheld.Length > 0)
        {
            lines.Writer.TryWrite(new ProgressLine { Stream = withheld.ToString() });
        }

        string message = Errors.ErrorStatus.Message(error);
        int? code = error.Data["exitCode"] as int?;
        lines.Writer.TryWrite(new ProgressLine { ErrorDetail = new ErrorDetail { Message = message, Code = code ?? 0 }, Error = message });
    }

    public void Finish() => lines.Writer.Complete();

    public async Task PumpAsync(JsonLines response, CancellationToken ct)
    {
        await foreach (ProgressLine line in lines.Reader.ReadAllAsync(ct))
        {
            await response.WriteAsync(line, ApiJson.Context.ProgressLine, ct);
        }
    }
}
