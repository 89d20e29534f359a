using System.IO.Pipelines;
using Wharf.Images.Snapshots;

namespace Wharf.Images.Layers;

/// <summary>The driver's difference of a layer to its parent as a stream to read: the writer runs a little ahead on its own.</summary>
internal static class DiffStream
{
    public static Stream Open(ISnapshotDriver driver, string snapshot, CancellationToken ct)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));
        _ = Task.Run(async () =>
        {
            Exception? failure = null;
            try
            {
                await driver.WriteDiffAsync(snapshot, pipe.Writer.AsStream(leaveOpen: true), ct).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Comes out of the reader's next read.
                failure = e;
            }

            await pipe.Writer.CompleteAsync(failure).ConfigureAwait(false);
        }, CancellationToken.None);
        return pipe.Reader.AsStream();
    }
}
