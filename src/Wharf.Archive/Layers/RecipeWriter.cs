using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Compression.Zstd;
using Wharf.Archive.Tar;
using Wharf.Archive.Trees;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Layers;

/// <summary>
/// Writes down, while a tar is unpacked, how to put it together again: its headers and padding byte for byte, and for content the file that has it.
/// What comes out is a few bytes for each member, whatever it holds.
/// </summary>
/// <remarks>
/// A directory with <c>steps</c>: one Zstandard frame of steps, each an op and numbers in LEB128: raw bytes, a file's name, a piece of that file, and
/// the end with the length of it all. A file that a later member of the same tar replaces is kept beside it, by the number of its name among the steps.
/// </remarks>
internal sealed class RecipeWriter : ITarObserver, IAsyncDisposable
{
    public static ReadOnlySpan<byte> Steps => "steps\0"u8;

    public const byte End = 0;
    public const byte Raw = 1;
    public const byte File = 2;
    public const byte Piece = 3;

    private const int FlushAt = 128 * 1024;

    /// <summary>Files whose numbers are remembered, in some 30 bytes each; a layer with more has no recipe once it replaces one.</summary>
    private const int MostFiles = 4_000_000;

    private readonly SafeFileHandle _directory;
    private readonly FileStream _file;
    private readonly ZstdWriter _output;

    // By a hash of the path. Two paths with one hash make a recipe that gives other bytes, which the digest over the whole shows to whoever made such paths.
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly MemoryStream _steps = new(FlushAt * 2);
    private readonly MemoryStream _raw = new(FlushAt);
    private long _pieceOffset;
    private long _pieceLength;
    private long _length;
    private int _files;

    /// <param name="directory">Empty; stays open.</param>
    public RecipeWriter(SafeFileHandle directory)
    {
        _directory = directory;
        FileCalls.OpenAt(directory, Steps, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, out SafeFileHandle steps, 0x180).ThrowIfError("open", "steps");
        _file = new FileStream(steps, FileAccess.Write, bufferSize: 0);
        _output = new ZstdWriter(_file, level: 1, leaveOpen: true, alone: true);
    }

    /// <summary>Something that the tar made is lost: it cannot be put together from what is left.</summary>
    public bool IsSpoilt { get; private set; }

    /// <summary>A thing in the tree is about to be removed in favour of another: what content it has is kept.</summary>
    /// <param name="path">Without links on the way; null when that cannot be told.</param>
    /// <returns>True when it was taken out of the tree itself, so that nothing is left to remove.</returns>
    public bool TakeReplaced(TreePath? path, SafeFileHandle parent, ReadOnlySpan<byte> name, in FileStatus status)
    {
        if (path is not { } known || (_files > MostFiles && (status.IsRegular || status.IsDirectory)))
        {
            return Spoil();
        }

        if (status.IsRegular && _numbers.Remove(HashOf(known), out int number))
        {
            return Keep(parent, name, number) || Spoil();
        }

        return status.IsDirectory && !TakeBelow(known, parent, name) && Spoil();
    }

    /// <summary>Keeps the files that this tar made in a directory that goes.</summary>
    private bool TakeBelow(TreePath path, SafeFileHandle parent, ReadOnlySpan<byte> name)
    {
        FileCalls.OpenAt(parent, name, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle top).ThrowIfError("open", path);
        using (top)
        {
            // From the top each time: paths may be longer than a process may have directories open.
            var waiting = new Stack<TreePath>([TreePath.Root]);
            while (waiting.TryPop(out TreePath below))
            {
                Errno errno = FileCalls.OpenAt2(top, below.Whole, OpenFlags.Directory, ResolveFlags.Beneath | ResolveFlags.NoSymlinks, out SafeFileHandle holder);
                using (holder)
                {
                    if (errno != Errno.None || DirectoryReader.Read(holder, out List<DirectoryReader.Entry> entries) != Errno.None)
                    {
                        return false;
                    }

                    foreach (DirectoryReader.Entry entry in entries)
                    {
                        TreePath inside = below.Join(entry.Name);
                        byte[] member = inside.Name;
                        switch (TypeOf(holder, member, entry.Type))
                        {
                            case FileType.Directory:
                                waiting.Push(inside);
                                break;
                            case FileType.Regular when _numbers.Remove(HashOf(path.Join(inside)), out int number) && !Keep(holder, member, number):
                                return false;
                        }
                    }
                }
            }
        }

        return true;
    }

    // Not every file system tells the type with the name.
    private static uint TypeOf(SafeFileHandle directory, ReadOnlySpan<byte> name, byte told) => told switch
    {
        4 => FileType.Directory,
        8 => FileType.Regular,
        not 0 => 0,
        _ => NameCalls.Status(directory, name, AtFlags.SymlinkNoFollow, out FileStatus status) == Errno.None ? status.Type : 0,
    };

    // FNV-1a
    private static ulong HashOf(TreePath path)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in path.Text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }

    private bool Keep(SafeFileHandle parent, ReadOnlySpan<byte> name, int number) =>
        NameCalls.Rename(parent, name, _directory, Encoding.ASCII.GetBytes($"{number}\0")) == Errno.None;

    private bool Spoil()
    {
        IsSpoilt = true;
        return false;
    }

    /// <summary>The file whose content follows.</summary>
    /// <param name="path">Without links on the way, so that it stays true when one is replaced; null when that cannot be told.</param>
    public void BeginFile(TreePath? path)
    {
        EndPiece();
        EndRaw();
        if (path is not { } known)
        {
            Spoil();
            return;
        }

        byte[] name = Encoding.Latin1.GetBytes(known.Text);
        _steps.WriteByte(File);
        Number(name.Length);
        _steps.Write(name);
        if (_files++ < MostFiles)
        {
            _numbers[HashOf(known)] = _files - 1;
        }

        Flush(FlushAt);
    }

    void ITarObserver.Raw(ReadOnlySpan<byte> bytes)
    {
        EndPiece();
        _raw.Write(bytes);
        _length += bytes.Length;
        if (_raw.Length >= FlushAt)
        {
            EndRaw();
            Flush(FlushAt);
        }
    }

    void ITarObserver.Content(long offset, int length)
    {
        if (offset != _pieceOffset + _pieceLength)
        {
            EndPiece();
            _pieceOffset = offset;
        }

        _pieceLength += length;
        _length += length;
    }

    /// <summary>Writes the end. The recipe is of use only then, and only when it is not spoilt.</summary>
    public async ValueTask FinishAsync()
    {
        EndPiece();
        EndRaw();
        _steps.WriteByte(End);
        Number(_length);
        Flush(0);
        try
        {
            await _output.DisposeAsync();
        }
        catch (IOException e)
        {
            throw NotWritten(e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _output.Abandon();
        return _file.DisposeAsync();
    }

    private void EndRaw()
    {
        if (_raw.Length > 0)
        {
            _steps.WriteByte(Raw);
            Number(_raw.Length);
            _steps.Write(_raw.GetBuffer(), 0, (int)_raw.Length);
            _raw.SetLength(0);
        }
    }

    private void EndPiece()
    {
        if (_pieceLength > 0)
        {
            EndRaw();
            _steps.WriteByte(Piece);
            Number(_pieceOffset);
            Number(_pieceLength);
        }

        _pieceOffset = _pieceLength = 0;
    }

    private void Number(long value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _steps.WriteByte((byte)(value | 0x80));
        }

        _steps.WriteByte((byte)value);
    }

    private void Flush(int above)
    {
        if (_steps.Length > above)
        {
            try
            {
                _output.Write(_steps.GetBuffer(), 0, (int)_steps.Length);
            }
            catch (IOException e)
            {
                throw NotWritten(e);
            }

            _steps.SetLength(0);
        }
    }

    private static WharfException NotWritten(IOException e) => WharfException.Internal($"write the recipe of a layer: {e.Message}", e);
}
