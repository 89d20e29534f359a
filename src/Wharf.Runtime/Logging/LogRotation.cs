using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Runtime.Logging;

/// <summary>
/// Docker's rotation: NAME becomes NAME.1, NAME.1 becomes NAME.2 and so on, as many as <c>maxFiles</c> allows with NAME itself counted; with a
/// single file allowed it starts anew. Older ones are NAME.N.gz when compression is asked for. A file may exceed the size by its last entry.
/// </summary>
public sealed class LogRotation
{
    private readonly long _maxSize;
    private readonly int _maxFiles;
    private readonly bool _compress;
    private LogCompressor? _compressor;

    /// <param name="maxSize">Bytes; 0 for never.</param>
    /// <param name="maxFiles">At least 1.</param>
    /// <exception cref="WharfException">InvalidArgument, in Docker's words.</exception>
    public LogRotation(long maxSize, int maxFiles, bool compress)
    {
        if (maxFiles < 1)
        {
            throw WharfException.Invalid("max-file cannot be less than 1");
        }

        _maxSize = maxSize;
        _maxFiles = maxFiles;
        _compress = compress && maxFiles > 1;
    }

    public bool HasWork => _compressor is not null;

    public bool IsDue(long size) => _maxSize > 0 && size >= _maxSize;

    /// <summary>Takes up a compression that an earlier writer did not finish.</summary>
    public void Resume(string path)
    {
        if (_compress && _maxSize > 0)
        {
            Compress(path + ".1");
        }
    }

    public void Step()
    {
        if (_compressor is not null && !_compressor.Step())
        {
            Finish();
        }
    }

    /// <summary>Completes a compression under way, however long it takes.</summary>
    public void Finish()
    {
        while (_compressor is not null && _compressor.Step())
        {
        }

        _compressor?.Dispose();
        _compressor = null;
    }

    /// <summary>Moves the files on. After success the caller starts NAME anew; after an error the old content is still there.</summary>
    public Errno Rotate(string path)
    {
        if (_maxFiles == 1)
        {
            return Errno.None;
        }

        Finish();
        string suffix = _compress ? ".gz" : "";
        for (int i = _maxFiles - 1; i > 1; i--)
        {
            Errno errno = Rename($"{path}.{i - 1}{suffix}", $"{path}.{i}{suffix}");
            if (errno is not (Errno.None or Errno.ENOENT))
            {
                return errno;
            }
        }

        Errno moved = Rename(path, path + ".1");
        if (moved == Errno.None && _compress)
        {
            Compress(path + ".1");
        }

        return moved;
    }

    private void Compress(string path)
    {
        if (LogCompressor.TryOpen(path, path + ".gz", out LogCompressor? compressor))
        {
            _compressor = compressor;
        }
    }

    private static Errno Rename(string from, string to) =>
        NameCalls.Rename(FileCalls.CurrentDirectory, from, FileCalls.CurrentDirectory, to);
}
