using System.Runtime.InteropServices;

namespace Wharf.Linux;

/// <summary>
/// Anonymous memory straight from the kernel (mmap(2)), outside the garbage collector's heap: large and mostly untouched buffers cost
/// only the pages that were written, and <see cref="Trim"/> gives even those back.
/// </summary>
public sealed unsafe class PageBuffer : IDisposable
{
    private byte* _start;

    /// <param name="size">Bytes; rounded up to whole pages by the kernel.</param>
    public PageBuffer(int size)
    {
        const int PROT_READ = 1, PROT_WRITE = 2, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MAP_NORESERVE = 0x4000;
        nint address = Libc.mmap(0, (nuint)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        SystemCall.Answer(address == -1 ? -1 : 0).ThrowIfError("mmap", $"{size} bytes");
        _start = (byte*)address;
        Size = size;
    }

    public int Size { get; }

    /// <summary>The memory; not to be used after <see cref="Dispose"/>.</summary>
    public Span<byte> Span => _start == null ? [] : new Span<byte>(_start, Size);

    /// <summary>MADV_DONTNEED: the content becomes zeros and the pages go back to the system.</summary>
    public void Trim()
    {
        const int MADV_DONTNEED = 4;
        if (_start != null)
        {
            SystemCall.Answer(Libc.madvise((nint)_start, (nuint)Size, MADV_DONTNEED)).ThrowIfError("madvise");
        }
    }

    public void Dispose()
    {
        if (_start != null)
        {
            _ = Libc.munmap((nint)_start, (nuint)Size);
            _start = null;
        }
    }
}

internal static unsafe partial class Libc
{
    [LibraryImport(Name, SetLastError = true)]
    public static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int munmap(nint address, nuint length);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int madvise(nint address, nuint length, int advice);
}
