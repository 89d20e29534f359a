using System.Runtime.InteropServices;
using System.Text;

namespace Wharf.Linux.Plans;

/// <summary>Native memory that grows by chunks and never moves: strings, vectors and structures that a plan's operations point to.</summary>
internal sealed unsafe class PlanMemory : IDisposable
{
    private const int ChunkSize = 32 * 1024;

    private readonly List<nint> _chunks = [];
    private byte* _next;
    private int _left;

    /// <summary>Zeroed memory, aligned to 16 bytes.</summary>
    public nint Zeroed(int size)
    {
        int padding = (int)(-(nint)_next & 15);
        if (_left < size + padding)
        {
            int chunk = Math.Max(ChunkSize, size);
            _next = (byte*)NativeMemory.AlignedAlloc((nuint)chunk, 16);
            _chunks.Add((nint)_next);
            _left = chunk;
            padding = 0;
        }

        byte* start = _next + padding;
        _next = start + size;
        _left -= size + padding;
        new Span<byte>(start, size).Clear();
        return (nint)start;
    }

    public nint Bytes(ReadOnlySpan<byte> bytes)
    {
        nint address = Zeroed(Math.Max(bytes.Length, 1));
        bytes.CopyTo(new Span<byte>((void*)address, bytes.Length));
        return address;
    }

    public nint Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        nint address = Zeroed(length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>((void*)address, length));
        return address;
    }

    public nint Vector(IReadOnlyList<string> texts)
    {
        nint address = Zeroed((texts.Count + 1) * sizeof(nint));
        for (int i = 0; i < texts.Count; i++)
        {
            ((nint*)address)[i] = Text(texts[i]);
        }

        return address;
    }

    public void Dispose()
    {
        foreach (nint chunk in _chunks)
        {
            NativeMemory.AlignedFree((void*)chunk);
        }

        _chunks.Clear();
    }
}
