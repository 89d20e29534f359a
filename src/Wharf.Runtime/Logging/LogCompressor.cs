using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Runtime.Logging;

/// <summary>
/// Compresses a rotated log file piece by piece between other work, so that a program with one thread needs no second one. The result
/// appears under its name only when it is whole; the source goes then. Trouble leaves the source as it is.
/// </summary>
internal sealed class LogCompressor : IDisposable
{
    private const int PieceSize = 64 * 1024;

    private readonly string _sourcePath;
    private readonly string _targetPath;
    private readonly SafeFileHandle _source;
    private readonly SafeFileHandle _target;
    private readonly GZipStream _gzip;
    private readonly byte[] _piece = new byte[PieceSize];
    private bool _ended;

    private LogCompressor(string sourcePath, string targetPath, SafeFileHandle source, SafeFileHandle target)
    {
        _sourcePath = sourcePath;
        _targetPath = targetPath;
        _source = source;
        _target = target;
        _gzip = new GZipStream(new HandleStream(target), CompressionLevel.Fastest);
    }

    private string TemporaryPath => _targetPath + ".tmp";

    public static bool TryOpen(string sourcePath, string targetPath, [NotNullWhen(true)] out LogCompressor? compressor)
    {
        compressor = null;
        if (FileCalls.Open(sourcePath, OpenFlags.ReadOnly, out SafeFileHandle source) != Errno.None)
        {
            source.Dispose();
            return false;
        }

        Errno errno = FileCalls.Open(targetPath + ".tmp", OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, out SafeFileHandle target, 0x1A0);
        if (errno != Errno.None)
        {
            source.Dispose();
            target.Dispose();
            return false;
        }

        compressor = new LogCompressor(sourcePath, targetPath, source, target);
        return true;
    }

    /// <returns>False when there is nothing more to do, be it done or failed.</returns>
    public bool Step()
    {
        if (_ended)
        {
            return false;
        }

        try
        {
            Errno errno = FileCalls.Read(_source, _piece, out int count);
            errno.ThrowIfError("read", _sourcePath);
            if (count > 0)
            {
                _gzip.Write(_piece, 0, count);
                return true;
            }

            _gzip.Dispose();
            Rename();
        }
        catch (Primitives.WharfException)
        {
            // The disk is full or the file is gone: the uncompressed file stays and readers find it under its old name.
            _ = NameCalls.Unlink(FileCalls.CurrentDirectory, TemporaryPath);
        }

        _ended = true;
        return false;
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
    }

    private void Rename()
    {
        NameCalls.Rename(FileCalls.CurrentDirectory, TemporaryPath, FileCalls.CurrentDirectory, _targetPath).ThrowIfError("rename", _targetPath);
        NameCalls.Unlink(FileCalls.CurrentDirectory, _sourcePath).ThrowIfError("unlink", _sourcePath);
    }

    /// <summary>The least of a stream over a descriptor: FileStream would bring its buffers and strategies along.</summary>
    private sealed class HandleStream(SafeFileHandle handle) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer) => FileCalls.WriteAll(handle, buffer).ThrowIfError("write", "compressed log");

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
