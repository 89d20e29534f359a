using System.Runtime.InteropServices;

namespace Wharf.Linux;

/// <summary>The C library's heap, from which native memory and the runtime's own tables come.</summary>
public static class NativeHeap
{
    /// <summary>malloc_trim(3): pages that hold nothing any more go back to the system.</summary>
    public static void Trim() => _ = Libc.malloc_trim(0);
}

internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    public static partial int malloc_trim(nuint keep);
}
