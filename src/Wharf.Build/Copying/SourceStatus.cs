using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Build.Copying;

/// <summary>What a source tree says of a file.</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Modified">Seconds since the epoch.</param>
/// <param name="SpecialDevice">For a device node: the device it stands for.</param>
public readonly record struct SourceStatus(uint Mode, long Size, uint UserId, uint GroupId, long Modified, ulong SpecialDevice)
{
    public uint Type => Mode & FileType.Mask;

    public uint Permissions => Mode & 0xFFFu;

    public bool IsDirectory => Type == FileType.Directory;

    public bool IsRegular => Type == FileType.Regular;

    public bool IsSymbolicLink => Type == FileType.SymbolicLink;

    /// <summary>Of a file that has other names (hard links), which file it is; they are one file in a copy too.</summary>
    public (ulong Device, ulong Inode)? Shared { get; init; }

    public static SourceStatus Of(in FileStatus status) => new(status.Mode, (long)status.Size, status.UserId, status.GroupId, status.Modified.Seconds, status.SpecialDevice)
    {
        Shared = status.Links > 1 && !status.IsDirectory ? (status.Device, status.Inode) : null,
    };
}

/// <summary>The bytes of a regular file: a part of an open file, or all of it.</summary>
/// <param name="handle">Open for reading.</param>
/// <param name="offset">Where the bytes begin.</param>
/// <param name="length">How many there are; -1 for all up to the end.</param>
/// <param name="owns">The handle is closed with this object.</param>
public sealed class SourceData(SafeFileHandle handle, long offset, long length, bool owns) : IDisposable
{
    public SafeFileHandle Handle => handle;

    /// <summary>True when the bytes are the whole file, so that it can be cloned and has attributes of its own.</summary>
    public bool IsWholeFile => length < 0;

    public long Offset => offset;

    public long Length => length;

    /// <summary>Reads at a position within the bytes; 0 at their end.</summary>
    public int Read(Span<byte> buffer, long position)
    {
        int wanted = length < 0 ? buffer.Length : (int)Math.Min(buffer.Length, length - position);
        return wanted <= 0 ? 0 : RandomAccess.Read(handle, buffer[..wanted], offset + position);
    }

    public Stream AsStream() => new SourceStream(this);

    public void Dispose()
    {
        if (owns)
        {
            handle.Dispose();
        }
    }

    private sealed class SourceStream(SourceData data) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => data.Length >= 0 ? data.Length : RandomAccess.GetLength(data.Handle);

        public override long Position
        {
            get => _position;
            set => _position = value;
        }

        public override int Read(Span<byte> buffer)
        {
            int count = data.Read(buffer, _position);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }

        public override long Seek(long offset, SeekOrigin origin) =>
            _position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => Length + offset };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            data.Dispose();
            base.Dispose(disposing);
        }
    }
}
