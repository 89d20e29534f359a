using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Archive.Tar;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Trees;

/// <summary>
/// Makes the members of an archive below a directory. Names are resolved to the directory that holds them, within the root; then
/// everything is done on descriptors. Existing things are replaced as Docker does it: a directory over a directory is kept, anything
/// else removed first.
/// </summary>
internal sealed partial class TreeExtractor : IDisposable
{
    // A layer is flushed before it is told of: the disk begins with large files while the rest is unpacked.
    private const int WriteAhead = 8 << 20;

    private const int MostAttempts = 8;

    private readonly ExtractRules _rules;
    private readonly TreePath _base;
    private readonly DirectoryCache _directories;
    private readonly AttributeWriter _attributes;
    private readonly uint _umask = ProcessUmask.Read();

    /// <param name="root">What "/" means for links on the way.</param>
    /// <param name="below">Where in it the archive's names begin.</param>
    /// <param name="rules">Owners, deletion marks, replacing.</param>
    public TreeExtractor(SafeFileHandle root, TreePath below, ExtractRules rules)
    {
        _base = below;
        _rules = rules;
        _attributes = new AttributeWriter(rules.Whiteouts);
        _directories = new DirectoryCache(root, OwnImplied);
    }

    public long SkippedAttributes => _attributes.Skipped;

    /// <summary>Told which file takes the content that follows, and when something made earlier has gone.</summary>
    public Layers.RecipeWriter? Recipe { get; init; }

    /// <summary>Makes one member; its content is taken from the reader.</summary>
    public async ValueTask ApplyAsync(TarReader reader, TarEntry entry, CancellationToken ct)
    {
        TreePath relative = TreePath.Clean(entry.Name);
        if (_rules.Whiteouts != WhiteoutStyle.Keep && TakeWhiteout(relative))
        {
            return;
        }

        TreePath path = _base.Join(relative);
        if (relative.IsRoot)
        {
            ApplyRoot(entry, path);
            return;
        }

        TreeDirectory parent = _directories.Get(path.Parent);
        (uint user, uint group) = OwnerOf(entry);
        byte[] name = path.Name;
        switch (entry.Type)
        {
            case TarEntryType.File:
                await WriteFileAsync(reader, entry, path, name, parent, user, group, ct);
                break;
            case TarEntryType.Directory:
                MakeDirectory(entry, path, name, parent, user, group);
                break;
            case TarEntryType.HardLink:
                MakeHardLink(entry, path, name);
                break;
            case TarEntryType.SymbolicLink:
                Create(path, name, p => NameCalls.MakeSymbolicLink(entry.LinkName, p.Handle, name), "symlink");
                FinishNode(entry, path, name, user, group);
                break;
            default:
                uint type = entry.Type switch { TarEntryType.Fifo => FileType.Fifo, TarEntryType.BlockDevice => FileType.BlockDevice, _ => FileType.CharacterDevice };
                ulong device = entry.Type == TarEntryType.Fifo ? 0 : DeviceNumber.Make(entry.DeviceMajor, entry.DeviceMinor);
                Create(path, name, p => NameCalls.MakeNode(p.Handle, name, type | (entry.Mode & 0x1FF), device), "mknod");
                FinishNode(entry, path, name, user, group);
                break;
        }

        Remember(path);
    }

    /// <summary>Gives directories their times back.</summary>
    public void Dispose() => _directories.Dispose();

    private void ApplyRoot(TarEntry entry, TreePath path)
    {
        if (entry.Type != TarEntryType.Directory)
        {
            throw WharfException.Invalid($"tar entry {TarErrors.Show(entry.Name)} at offset {entry.Offset}: the root must be a directory");
        }

        // A copy into a directory leaves that directory's own attributes alone.
        if (_rules.Whiteouts == WhiteoutStyle.Keep)
        {
            return;
        }

        (uint user, uint group) = OwnerOf(entry);
        TreeDirectory directory = _directories.Get(path);
        SetDirectory(entry, path, directory.Handle, ".\0"u8.ToArray(), user, group, isNew: false);
        directory.Modified = Time(entry);
        directory.Touched = true;
    }

    private async ValueTask WriteFileAsync(TarReader reader, TarEntry entry, TreePath path, byte[] name, TreeDirectory parent, uint user, uint group, CancellationToken ct)
    {
        SafeFileHandle file = Create(path, name, (TreeDirectory p, out SafeFileHandle made) =>
            FileCalls.OpenAt(p.Handle, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, out made, entry.Mode & 0x1FF), "open");
        using (file)
        {
            Recipe?.BeginFile(RealPath(path));
            long position = 0, begun = 0;
            while (await reader.ReadContentAsync(ct) is { IsEnd: false } chunk)
            {
                Write(file, chunk, position, path);
                position = chunk.Offset + chunk.Data.Length;
                if (position - begun >= WriteAhead)
                {
                    // A hint: where a file system does not know it, the flush at the end does all.
                    _ = FileCalls.BeginWriting(file, begun, position - begun);
                    begun = position;
                }
            }

            if (position < entry.Size)
            {
                FileCalls.Truncate(file, entry.Size).ThrowIfError("truncate", path);
            }

            SetFile(entry, path, file, user, group, parent.SetsGroup);
        }
    }

    private static void Write(SafeFileHandle file, TarChunk chunk, long position, TreePath path)
    {
        if (chunk.Offset == position)
        {
            FileCalls.WriteAll(file, chunk.Data.Span).ThrowIfError("write", path);
            return;
        }

        // behind a hole
        ContentCalls.Seek(file, chunk.Offset, SeekWhence.Set, out _).ThrowIfError("seek", path);
        FileCalls.WriteAll(file, chunk.Data.Span).ThrowIfError("write", path);
    }

    private void MakeDirectory(TarEntry entry, TreePath path, byte[] name, TreeDirectory parent, uint user, uint group)
    {
        bool isNew = true, opaque = false;
        for (int attempt = 0; ; attempt++)
        {
            Errno errno = NameCalls.MakeDirectory(parent.Handle, name, entry.Mode & 0x1FF);
            if (errno == Errno.None)
            {
                parent.Touched = true;
                break;
            }

            if (errno != Errno.EEXIST || attempt == MostAttempts)
            {
                throw TreeErrors.Of(errno, "mkdir", path);
            }

            NameCalls.Status(parent.Handle, name, AtFlags.SymlinkNoFollow, out FileStatus status).ThrowIfError("stat", path);
            if (status.IsDirectory)
            {
                isNew = false;
                break;
            }

            if (_rules.NoOverwriteDirNonDir)
            {
                throw WharfException.Invalid($"cannot overwrite non-directory \"{path}\" with directory \"{_base}\"");
            }

            // A directory in place of a deletion mark must go on hiding what the mark hid.
            opaque = _rules.Whiteouts == WhiteoutStyle.Overlay && status.Type == FileType.CharacterDevice && status.SpecialDevice == 0;
            RemoveExisting(path, name, parent);
            parent = _directories.Get(path.Parent);
        }

        FileCalls.OpenAt(parent.Handle, name, OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle directory).ThrowIfError("open", path);
        using (directory)
        {
            SetDirectory(entry, path, directory, name, user, group, isNew && !parent.SetsGroup);
            if (opaque)
            {
                ExtendedAttributes.Set(directory, OverlayMarks.OpaqueAttribute, "y"u8).ThrowIfError("setxattr", path);
            }

            TimeSpec time = Time(entry);
            NameCalls.SetTimes(directory, "\0"u8, time, time, AtFlags.EmptyPath).ThrowIfError("utimensat", path);
            if (_directories.Known(path) is { } known)
            {
                known.Modified = time;
                known.SetsGroup = (entry.Mode & 0x400) != 0;
            }
        }
    }

    private void MakeHardLink(TarEntry entry, TreePath path, byte[] name)
    {
        TreePath target = _base.Join(TreePath.Clean(entry.LinkName));
        if (target.IsRoot || target == path)
        {
            throw WharfException.Invalid($"invalid hardlink {TarErrors.Show(entry.Name)} -> {TarErrors.Show(entry.LinkName)}");
        }

        byte[] targetName = target.Name;
        Create(path, name, p =>
        {
            TreeDirectory? from = _directories.Find(target.Parent);
            Errno errno = from is null ? Errno.ENOENT : NameCalls.Link(from.Handle, targetName, p.Handle, name);
            return errno is Errno.None or Errno.EEXIST ? errno
                : throw WharfException.Invalid($"link {target} {path}: {errno.Describe()}");
        }, "link");
    }
}
