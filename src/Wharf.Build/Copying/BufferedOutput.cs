using Microsoft.Win32.SafeHandles;

namespace Wharf.Build.Copying;

/// <summary>Appends to a file in large writes.</summary>
internal sealed class BufferedOutput(SafeFileHandle file)
{
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _used;
    private long _written;

    /// <summary>Bytes taken so far.</summary>
    public long Position => _written + _used;

    public void Write(ReadOnlySpan<byte> data)
    {
        if (data.Length > _buffer.Length - _used)
        {
            Flush();
        }

        if (data.Length >= _buffer.Length)
        {
            RandomAccess.Write(file, data, _written);
            _written += data.Length;
            return;
        }

        data.CopyTo(_buffer.AsSpan(_used));
        _used += data.Length;
    }

    public void Flush()
    {
        RandomAccess.Write(file, _buffer.AsSpan(0, _used), _written);
        _written += _used;
        _used = 0;
    }
}
