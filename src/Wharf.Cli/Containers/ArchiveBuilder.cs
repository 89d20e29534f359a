using System.Formats.Tar;
using System.IO.Pipelines;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers;

/// <summary>A file or a directory tree as a tar stream, made while it is read.</summary>
internal static class ArchiveBuilder
{
    /// <param name="source">The file or directory.</param>
    /// <param name="name">Its name in the archive; null for a directory's content alone.</param>
    /// <param name="followLink">Takes what a link at the source itself points to.</param>
    public static Stream Open(string source, string? name, bool followLink)
    {
        string path = Path.GetFullPath(source);
        if (followLink && new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is { } target)
        {
            path = target.FullName;
        }

        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false));
        new Thread(() => Produce(pipe.Writer, path, name)) { IsBackground = true, Name = "archive" }.Start();
        return pipe.Reader.AsStream();
    }

    private static void Produce(PipeWriter output, string path, string? name)
    {
        Exception? failure = null;
        try
        {
            using Stream stream = output.AsStream(leaveOpen: true);
            using var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
            Add(writer, path, name);
        }
        catch (Exception e)
        {
            // this thread has no caller: whatever happened must reach the reader of the pipe
            failure = new CommandException(e.Message);
        }

        output.Complete(failure);
    }

    private static void Add(TarWriter writer, string path, string? name)
    {
        bool isDirectory = Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null;
        if (name is not null)
        {
            writer.WriteEntry(path, isDirectory ? name + "/" : name);
        }

        if (!isDirectory)
        {
            return;
        }

        foreach (string child in Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal))
        {
            string childName = Path.GetFileName(child);
            Add(writer, child, name is null ? childName : name + "/" + childName);
        }
    }
}
