using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;
using Wharf.Build.Execution;
using Wharf.Engine.Containers;
using Wharf.Engine.Streams;
using Wharf.Images;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>The container of one RUN step, removed with its anonymous volumes when the step is done.</summary>
internal sealed class BuildContainer(IContainerService containers, IImageService images, string id, Action forget) : IBuildContainer
{
    public string Id => id;

    public SafeFileHandle OpenRoot() => images.OpenContainerRootfs(id, readOnly: false);

    public async Task<int> RunAsync(Action<ReadOnlyMemory<byte>, bool> output, CancellationToken ct)
    {
        var pipe = new Pipe();
        var nothing = new Pipe();
        await nothing.Writer.CompleteAsync();
        await using IStreamSession session = await containers.AttachAsync(id, new AttachOptions { Stdout = true, Stderr = true }, ct);
        Task reading = FrameReader.ReadAsync(pipe.Reader, output, ct);
        Task streaming = StreamAsync(session, nothing.Reader, pipe.Writer, ct);
        ContainerWait wait = containers.Wait(id, WaitCondition.NextExit);
        await containers.StartAsync(id, ct);
        try
        {
            // The process has its environment now; a container that is kept for a look inside must not.
            forget();
            await streaming;
            await reading;
            return (int)(await wait.Answer.WaitAsync(ct)).StatusCode;
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        forget();
        await containers.RemoveAsync(id, new ContainerRemoveOptions(Force: true, Volumes: true), CancellationToken.None);
    }

    private static async Task StreamAsync(IStreamSession session, PipeReader input, PipeWriter output, CancellationToken ct)
    {
        Exception? failure = null;
        try
        {
            await session.RunAsync(input, output, null, ct);
        }
        catch (Exception e)
        {
            failure = e; // told to the reader, which waits for the end of the pipe
            throw;
        }
        finally
        {
            await output.CompleteAsync(failure);
        }
    }

    private async Task KillAsync()
    {
        try
        {
            await containers.KillAsync(id, null, CancellationToken.None);
        }
        catch (WharfException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            return; // it had ended by itself
        }
    }
}
