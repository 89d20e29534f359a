using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Wharf.Linux;

/// <summary>
/// Imports of the C library, one file per group of calls, beside the topic that uses them. Names are those of the man pages. Calls
/// that the oldest supported C library (Debian 12's, 2.36) may lack go through <see cref="syscall"/> with a <see cref="SyscallNumber"/>.
/// </summary>
internal static unsafe partial class Libc
{
    public const string Name = "libc";

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint syscall(nint number, nint a0, nint a1, nint a2, nint a3, nint a4, nint a5);
}
