using System.Formats.Tar;
using System.IO.Pipelines;
using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>A folder without what is ignored, made into a tar while it is read.</summary>
/// <param name="root">The folder.</param>
/// <param name="ignore">What is left out.</param>
/// <param name="dockerfile">The Dockerfile's path in it.</param>
/// <param name="hidden">The name of a Dockerfile that lies elsewhere; null when it does not.</param>
/// <param name="outside">Its text.</param>
/// <param name="folders">Further contexts by name.</param>
internal sealed class ContextArchive(string root, IgnorePatterns ignore, string dockerfile, string? hidden, byte[]? outside, Dictionary<string, string> folders)
{
    /// <summary>Where the engine looks for the folders of further contexts in the archive.</summary>
    private const string NamedFolder = ".wharf-named-contexts/";

    /// <summary>Names the digest of a file's content that the engine has: a member with it has no bytes.</summary>
    private const string ContentAttribute = "SCHILY.xattr.wharf.content";
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Begins to read the folder.</summary>
    /// <param name="known">Contents that need not be sent; null for none.</param>
    public Stream Open(KnownFiles? known)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, useSynchronizationContext: false));
        new Thread(() => Produce(pipe.Writer, known)) { IsBackground = true, Name = "context" }.Start();
        return pipe.Reader.AsStream();
    }

    private void Produce(PipeWriter output, KnownFiles? known)
    {
        Exception? failure = null;
        try
        {
            using Stream stream = output.AsStream(leaveOpen: true);
            using var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
            Walk(writer, root, "", "", ignore, dockerfile, known);
            if (hidden is not null)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, hidden) { DataStream = new MemoryStream(outside!) });
            }

            foreach ((string name, string folder) in folders)
            {
                Write(writer, folder, NamedFolder + name, isDirectory: true, null);
                Walk(writer, folder, NamedFolder + name + "/", "", BuildContext.LoadIgnore(folder, BuildContext.DefaultName), "", known);
            }
        }
        catch (Exception e)
        {
            // this thread has no caller: whatever happened must reach the reader of the pipe
            failure = new CommandException($"error checking context: {e.Message}");
        }

        output.Complete(failure);
    }

    // Rules and the Dockerfile's name are relative to the folder that was named; in the archive it may lie below a prefix.
    private static void Walk(TarWriter writer, string directory, string prefix, string below, IgnorePatterns ignore, string dockerfile, KnownFiles? known)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal))
        {
            string relative = below + Path.GetFileName(path);
            bool isDirectory = Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null;

            // the engine needs these even when they are ignored; it removes them itself again
            bool kept = relative == dockerfile || relative == ".dockerignore" || relative == dockerfile + ".dockerignore" || !ignore.IsIgnored(relative);
            if (kept)
            {
                Write(writer, path, prefix + relative, isDirectory, known);
            }

            if (isDirectory && (kept || !ignore.CanSkipBelow(relative) || dockerfile.StartsWith(relative + "/", StringComparison.Ordinal)))
            {
                Walk(writer, path, prefix, relative + "/", ignore, dockerfile, known);
            }
        }
    }

    private static void Write(TarWriter writer, string path, string name, bool isDirectory, KnownFiles? known)
    {
        FileSystemInfo info = isDirectory ? new DirectoryInfo(path) : new FileInfo(path);
        TarEntryType type = info.LinkTarget is not null ? TarEntryType.SymbolicLink : isDirectory ? TarEntryType.Directory : TarEntryType.RegularFile;
        if (info is FileInfo { Length: 0 } && type == TarEntryType.RegularFile)
        {
            type = SpecialType(path);
            if (type is not (TarEntryType.RegularFile or TarEntryType.Fifo))
            {
                return; // sockets and devices are nothing without this machine
            }
        }

        // owner zero whoever runs the client: the same context gives the same cache keys everywhere
        byte[]? digest = type == TarEntryType.RegularFile && info is FileInfo { Length: > 0 } file ? known?.Find(file) : null;
        var entry = new PaxTarEntry(type, isDirectory ? name + "/" : name, digest is null ? [] : [new(ContentAttribute, Convert.ToHexStringLower(digest))])
        {
            Mode = type == TarEntryType.SymbolicLink ? Executable | UnixFileMode.UserRead | UnixFileMode.UserWrite : info.UnixFileMode,
            ModificationTime = info.LastWriteTimeUtc,
        };
        if (type == TarEntryType.SymbolicLink)
        {
            entry.LinkName = info.LinkTarget!;
        }

        using FileStream? content = type == TarEntryType.RegularFile && digest is null ? new FileStream(path, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite }) : null;
        if (content is not null)
        {
            entry.DataStream = content;
        }

        writer.WriteEntry(entry);
    }

    // Only the writer of archives looks at what kind of file it is, and opening a fifo or a device to find out would wait or read for ever.
    private static TarEntryType SpecialType(string path)
    {
        using var memory = new MemoryStream();
        try
        {
            using (var writer = new TarWriter(memory, TarEntryFormat.Pax, leaveOpen: true))
            {
                writer.WriteEntry(path, "x");
            }
        }
        catch (IOException e) when (e is not FileNotFoundException)
        {
            return TarEntryType.ContiguousFile; // a socket, which no archive can hold
        }

        memory.Position = 0;
        using var reader = new TarReader(memory);
        return reader.GetNextEntry()!.EntryType;
    }
}
