using System.Runtime.InteropServices;
using Wharf.Primitives;

namespace Wharf.Linux.Plans;

/// <summary>
/// A system call as 26 bytes of machine code, called through a managed function pointer. An ordinary import would not do in a cloned
/// child: it brings a transition into and out of native code, a poll for the garbage collector and the C library's thread-local errno,
/// and each of these belongs to the parent there (the poll waits for ever, or parks the parent's thread on the child's stack). The managed
/// calling convention of x86-64 Linux is the System V one, so the code below can be called as if it were a compiled method.
/// </summary>
internal static unsafe class RawSyscall
{
    // rax = number; rdi, rsi, rdx, r10, r8, r9 = arguments, the last one from the stack; the answer is -errno in rax
    private static ReadOnlySpan<byte> Code =>
    [
        0x48, 0x89, 0xf8,             // mov rax, rdi
        0x48, 0x89, 0xf7,             // mov rdi, rsi
        0x48, 0x89, 0xd6,             // mov rsi, rdx
        0x48, 0x89, 0xca,             // mov rdx, rcx
        0x4d, 0x89, 0xc2,             // mov r10, r8
        0x4d, 0x89, 0xc8,             // mov r8, r9
        0x4c, 0x8b, 0x4c, 0x24, 0x08, // mov r9, [rsp+8]
        0x0f, 0x05,                   // syscall
        0xc3,                         // ret
    ];

    private static readonly Lazy<nint> Entry = new(Map);

    public static delegate*<nint, nint, nint, nint, nint, nint, nint, nint> Pointer =>
        (delegate*<nint, nint, nint, nint, nint, nint, nint, nint>)Entry.Value;

    private static nint Map()
    {
        const int Size = 4096, ReadWrite = 3, ReadExecute = 5, PrivateAnonymous = 0x22;
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw WharfException.Unsupported("containers can be started on x86-64 only in this version");
        }

        nint page = Libc.mmap(0, Size, ReadWrite, PrivateAnonymous, -1, 0);
        SystemCall.Answer(page == -1 ? -1 : 0).ThrowIfError("mmap");
        Code.CopyTo(new Span<byte>((void*)page, Size));
        SystemCall.Answer(Libc.mprotect(page, Size, ReadExecute)).ThrowIfError("mprotect");
        return page;
    }
}

