using System.Formats.Tar;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers;

/// <summary>
/// Unpacks what <c>cp</c> got from a container. The archive is data of the container: an entry that would land outside the target, by
/// its name or through a link that came before it, ends the copy.
/// </summary>
internal static class ArchiveExtractor
{
    /// <returns>The bytes of file content written.</returns>
    public static long Extract(Stream archive, CopyTarget target, bool keepOwner)
    {
        string root = Path.GetFullPath(target.Folder);
        long size = 0;
        var directories = new List<(string Path, DateTimeOffset Time)>();
        using var reader = new TarReader(new BlockingStream(archive));
        while (reader.GetNextEntry() is { } entry)
        {
            string relative = target.Map(entry.Name.TrimEnd('/'));
            string path = Path.GetFullPath(Path.Combine(root, relative));
            Check(root, path, entry.Name);
            size += Write(entry, path, root, target);
            if (entry.EntryType == TarEntryType.Directory)
            {
                directories.Add((path, entry.ModificationTime));
            }

            if (keepOwner && entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.Directory)
            {
                Framework.Terminal.FileOwner.Set(path, entry.Uid, entry.Gid);
            }
        }

        // a directory's time changes with every file made in it: set last
        directories.ForEach(d => Directory.SetLastWriteTimeUtc(d.Path, d.Time.UtcDateTime));
        return size;
    }

    private static long Write(TarEntry entry, string path, string root, CopyTarget target)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                if (File.Exists(path))
                {
                    throw new CommandException($"cannot overwrite non-directory \"{path}\" with directory \"{entry.Name}\"");
                }

                Directory.CreateDirectory(path);
                File.SetUnixFileMode(path, entry.Mode | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                return 0;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                if (Directory.Exists(path))
                {
                    throw new CommandException($"cannot overwrite directory \"{path}\" with non-directory \"{entry.Name}\"");
                }

                File.Delete(path);
                using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = entry.Mode }))
                {
                    entry.DataStream?.CopyTo(file);
                }

                File.SetUnixFileMode(path, entry.Mode);
                File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
                return entry.Length;
            case TarEntryType.SymbolicLink:
                File.Delete(path);
                File.CreateSymbolicLink(path, entry.LinkName);
                return 0;
            case TarEntryType.HardLink:
                string source = Path.GetFullPath(Path.Combine(root, target.Map(entry.LinkName)));
                Check(root, source, entry.LinkName);
                File.Delete(path);
                File.Copy(source, path);
                return 0;
            default:
                // devices, pipes and sockets mean nothing outside their container; docker cp skips what it may not make
                return 0;
        }
    }

    private static void Check(string root, string path, string name)
    {
        string prefix = root.EndsWith('/') ? root : root + "/";
        if (path != root && !path.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw new CommandException($"archive entry \"{name}\" is outside of the target directory");
        }

        for (string? parent = Path.GetDirectoryName(path); parent is not null && parent.Length > root.Length; parent = Path.GetDirectoryName(parent))
        {
            if (new DirectoryInfo(parent).LinkTarget is not null)
            {
                throw new CommandException($"archive entry \"{name}\" goes through the symbolic link \"{parent}\"");
            }
        }
    }

    /// <summary>Synchronous reads for the tar reader over a body that only has asynchronous ones.</summary>
    private sealed class BlockingStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
