using Wharf.Api.Json;
using Wharf.Api.Progress;
using Wharf.Api.Server.Errors;
using Wharf.Api.Server.Streams;

namespace Wharf.Api.Server;

public sealed partial class ApiCall
{
    /// <summary>
    /// Runs work that reports as it goes. A failure before the first line is an ordinary error answer; after it the status is sent, so the
    /// failure becomes the last line, which is where clients look for it.
    /// </summary>
    public async Task ProgressAsync(Func<JsonLines, Task> work)
    {
        using var lines = new JsonLines(Http.Response);
        try
        {
            await work(lines);
            if (!lines.Started)
            {
                await lines.StartAsync(Ct);
            }
        }
        catch (Exception error) when (lines.Started && !Ct.IsCancellationRequested)
        {
            string message = ErrorStatus.Message(error);
            var line = new ProgressLine { ErrorDetail = new ErrorDetail { Message = message }, Error = message };
            await lines.WriteAsync(line, ApiJson.Context.ProgressLine, Ct);
        }
    }
}
