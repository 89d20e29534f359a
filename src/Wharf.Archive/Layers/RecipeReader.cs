using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Compression;
using Wharf.Archive.Trees;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Layers;

/// <summary>
/// The tar of a layer as it came, put together from its recipe and the files it was unpacked to. It does not check what the files hold: the
/// digest over the whole decides.
/// </summary>
internal sealed class RecipeReader : ForwardReader
{
    private const int MostName = 64 * 1024;
    private const int Buffered = 64 * 1024;

    private readonly Stream _recipe;
    private readonly SafeFileHandle _directory;
    private readonly SafeFileHandle _root;
    private readonly bool _hasKept;
    private readonly byte[] _buffer = new byte[Buffered];
    private SafeFileHandle? _file;
    private string _name = "";
    private int _start;
    private int _end;
    private long _raw;
    private long _offset;
    private long _piece;
    private long _given;
    private bool _ended;
    private int _files;

    /// <param name="directory">As it was written; disposed with this.</param>
    /// <param name="root">The directory the layer was unpacked to; disposed with this.</param>
    public RecipeReader(SafeFileHandle directory, SafeFileHandle root)
    {
        FileCalls.OpenAt(directory, RecipeWriter.Steps, OpenFlags.ReadOnly | OpenFlags.NoFollow, out SafeFileHandle steps).ThrowIfError("open", "steps");
        _recipe = Decompression.Open(new FileStream(steps, FileAccess.Read, bufferSize: 0), CompressionKind.Zstd);
        _directory = directory;
        _root = root;
        DirectoryReader.Read(directory, out var kept).ThrowIfError("readdir");
        _hasKept = kept.Count > 1;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Read(buffer.Span));
    }

    public override int Read(Span<byte> buffer)
    {
        // As much as fits: a tar of small files consists of very small steps.
        int filled = 0;
        while (filled < buffer.Length && !_ended)
        {
            filled += _raw > 0 ? TakeRaw(buffer[filled..]) : _piece > 0 ? TakePiece(buffer[filled..]) : Next();
        }

        _given += filled;
        if (_ended && filled == 0 && _given != _raw)
        {
            throw Damaged($"{_given} of {_raw} bytes came out");
        }

        return filled;
    }

    protected override async ValueTask CloseAsync()
    {
        _file?.Dispose();
        _directory.Dispose();
        _root.Dispose();
        await _recipe.DisposeAsync();
    }

    private int TakeRaw(Span<byte> target)
    {
        if (_start == _end)
        {
            Fill();
        }

        int count = (int)Math.Min(Math.Min(target.Length, _end - _start), _raw);
        _buffer.AsSpan(_start, count).CopyTo(target);
        _start += count;
        _raw -= count;
        return count;
    }

    private int TakePiece(Span<byte> target)
    {
        SafeFileHandle file = _file ?? throw Damaged("content without a file");
        int count = RandomAccess.Read(file, target[..(int)Math.Min(target.Length, _piece)], _offset);
        if (count == 0)
        {
            throw WharfException.DataLoss($"file /{_name} of the layer is shorter than it was");
        }

        _offset += count;
        _piece -= count;
        return count;
    }

    /// <returns>Nothing read: the next step only says what comes.</returns>
    private int Next()
    {
        switch (TakeByte())
        {
            case RecipeWriter.Raw:
                _raw = Number();
                break;
            case RecipeWriter.Piece:
                _offset = Number();
                _piece = Number();
                break;
            case RecipeWriter.File:
                OpenFile();
                break;
            case RecipeWriter.End:
                // From here on it is the length that the whole must have.
                _raw = Number();
                _ended = true;
                break;
            default:
                throw Damaged("unknown step");
        }

        return 0;
    }

    private void OpenFile()
    {
        long length = Number();
        if (length is 0 or > MostName)
        {
            throw Damaged("impossible name");
        }

        byte[] name = new byte[length];
        for (int i = 0; i < name.Length; i++)
        {
            name[i] = TakeByte();
        }

        TreePath path = TreePath.Clean(name);
        _name = path.Text;
        _file?.Dispose();
        _file = null;
        int number = _files++;
        if (_hasKept && FileCalls.OpenAt(_directory, Encoding.ASCII.GetBytes($"{number}\0"), OpenFlags.ReadOnly | OpenFlags.NoFollow, out SafeFileHandle kept) == Errno.None)
        {
            _file = kept;
            return;
        }

        Errno errno = TreeNode.Resolve(_root, path, follow: false, out TreeNode node);
        using (node)
        {
            if (errno != Errno.None || node.Status.Type != FileType.Regular)
            {
                throw WharfException.DataLoss($"file {path} of the layer is missing");
            }

            node.OpenContent(out SafeFileHandle content).ThrowIfError("open", path);
            _file = content;
        }
    }

    private long Number()
    {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte next = TakeByte();
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged("impossible number");
    }

    private byte TakeByte()
    {
        if (_start == _end)
        {
            Fill();
        }

        return _buffer[_start++];
    }

    private void Fill()
    {
        _start = 0;
        _end = _recipe.Read(_buffer, 0, Buffered);
        if (_end == 0)
        {
            throw Damaged("unexpected end");
        }
    }

    private static WharfException Damaged(string how) => WharfException.DataLoss($"the recipe of a layer's archive is damaged: {how}");
}
