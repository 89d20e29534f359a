using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Transfer;
using Wharf.Cli.Framework.Commands;
using Wharf.Linux;

namespace Wharf.Cli.Containers;

/// <summary>A file or a directory tree as a tar stream, made while it is read: hard links, special files and extended attributes with it.</summary>
internal static class ArchiveBuilder
{
    /// <param name="source">The file or directory.</param>
    /// <param name="name">Its name in the archive; null for a directory's content alone.</param>
    /// <param name="followLink">Takes what a link at the source itself points to.</param>
    public static Stream Open(string source, string? name, bool followLink)
    {
        string path = Path.GetFullPath(source);
        if (followLink && new FileInfo(path.TrimEnd('/')).ResolveLinkTarget(returnFinalTarget: true) is { } target)
        {
            path = target.FullName;
        }

        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false));
        _ = Task.Run(() => ProduceAsync(pipe.Writer, name is null ? path.TrimEnd('/') + "/." : path, name));
        return pipe.Reader.AsStream();
    }

    private static async Task ProduceAsync(PipeWriter output, string path, string? name)
    {
        Exception? failure = null;
        try
        {
            FileCalls.Open("/", OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", "/");
            using (root)
            {
                await ContainerFiles.PackAsync(root, path, name, output.AsStream(leaveOpen: true), CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            // this task has no caller: whatever happened must reach the reader of the pipe
            failure = new CommandException(e.Message);
        }

        await output.CompleteAsync(failure);
    }
}
