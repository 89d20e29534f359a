using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Runtime.Launch;

/// <summary>
/// The init of <c>--init</c>: pid 1 of a container, which starts the program, passes signals on to it, reaps what is orphaned, and ends with the
/// program's status (128 and the signal's number where a signal ended it). A program of some 300 bytes that we assemble ourselves into a sealed
/// memory file: no binary of the host is opened to the container, and it costs one page.
/// </summary>
internal static class InitProgram
{
    private const ulong Base = 0x400000;
    private const int HeaderSize = 64 + 56;

    // numbers of x86-64 system calls
    private const int Write = 1, SetSignalMask = 14, Ioctl = 16, GetPid = 39, Fork = 57, Execve = 59, Wait4 = 61, Kill = 62, SetProcessGroup = 109,
        WaitForSignal = 128, ExitGroup = 231;

    /// <param name="name">The program as the user named it, for messages.</param>
    /// <param name="candidates">Where it may be, in this order.</param>
    public static SafeFileHandle Create(string name, IReadOnlyList<string> candidates)
    {
        byte[] image = Assemble(name, candidates);
        FileCalls.MemoryFile("init", sealable: true, out SafeFileHandle file).ThrowIfError("memfd_create");
        FileCalls.WriteAll(file, image).ThrowIfError("write", "init");
        FileCalls.Seal(file).ThrowIfError("fcntl", "seal init");
        return file;
    }

    internal static byte[] Assemble(string name, IReadOnlyList<string> candidates)
    {
        var code = new MachineCode(Base + HeaderSize);
        Program(code);
        code.Align(8);
        code.Mark("all");
        code.Data(BitConverter.GetBytes(ulong.MaxValue));
        code.Mark("none");
        code.Data(BitConverter.GetBytes(0ul));
        code.Mark("candidates");
        for (int i = 0; i < candidates.Count; i++)
        {
            code.Address($"candidate {i}");
        }

        code.Data(BitConverter.GetBytes(0ul));
        for (int i = 0; i < candidates.Count; i++)
        {
            code.Mark($"candidate {i}");
            code.Data(Encoding.UTF8.GetBytes(candidates[i] + "\0"));
        }

        Text(code, "missing", $"exec {name}: {Errno.ENOENT.Describe()}\n");
        Text(code, "refused", $"exec {name}: {Errno.EACCES.Describe()}\n");
        return Elf(code.Finish());
    }

    // r12: our arguments, r13: the program's, r14: environment, ebx: its pid, rsp: 256 bytes of room (siginfo, status)
    private static void Program(MachineCode code)
    {
        code.Emit(0x49, 0x89, 0xe4);                    // mov r12, rsp
        code.Emit(0x49, 0x8b, 0x04, 0x24);              // mov rax, [r12]        argc
        code.Emit(0x4d, 0x8d, 0x6c, 0x24, 24);          // lea r13, [r12+24]     argv behind "init --"
        code.Emit(0x4d, 0x8d, 0x74, 0xc4, 16);          // lea r14, [r12+rax*8+16]
        code.Emit(0x48, 0x81, 0xec, 0, 1, 0, 0);        // sub rsp, 256
        // Started by an image's /proc/self/exe we would be our own program, and that one ours, without end: only our own argument list is taken.
        code.Emit(0x49, 0x8b, 0x44, 0x24, 16);          // mov rax, [r12+16]     argv[1]
        code.Emit(0x48, 0x85, 0xc0);                    // test rax, rax
        code.JumpIf(MachineCode.Equal, "other");
        code.Emit(0x66, 0x81, 0x38, 0x2d, 0x2d);        // cmp word [rax], "--"
        code.JumpIf(MachineCode.NotEqual, "other");
        Mask(code, "all");
        code.Call(Fork);
        code.Emit(0x85, 0xc0);                          // test eax, eax
        code.JumpIf(MachineCode.Equal, "child");
        code.Emit(0x89, 0xc3);                          // mov ebx, eax

        code.Mark("wait");
        code.LoadAddress(MachineCode.Rdi, "all");
        code.Emit(0x48, 0x89, 0xe6);                    // mov rsi, rsp
        code.Emit(0x31, 0xd2);                          // xor edx, edx
        code.Emit(0x41, 0xba, 8, 0, 0, 0);              // mov r10d, 8
        code.Call(WaitForSignal);
        code.Emit(0x85, 0xc0);                          // test eax, eax
        code.JumpIf(MachineCode.Less, "wait");
        Skip(code, Signal.Child, "reap");
        Skip(code, 21, "wait");                         // SIGTTIN and SIGTTOU are about our own use of the terminal
        Skip(code, 22, "wait");
        code.Emit(0x89, 0xc6);                          // mov esi, eax
        code.Emit(0x89, 0xdf);                          // mov edi, ebx
        code.Call(Kill);
        code.Jump("wait");

        code.Mark("reap");
        code.Emit(0x48, 0xc7, 0xc7, 0xff, 0xff, 0xff, 0xff);    // mov rdi, -1
        code.Emit(0x48, 0x8d, 0xb4, 0x24, 128, 0, 0, 0);        // lea rsi, [rsp+128]
        code.Emit(0xba, 1, 0, 0, 0);                            // mov edx, WNOHANG
        code.Emit(0x45, 0x31, 0xd2);                            // xor r10d, r10d
        code.Call(Wait4);
        code.Emit(0x85, 0xc0);                                  // test eax, eax
        code.JumpIf(MachineCode.LessOrEqual, "wait");
        code.Emit(0x39, 0xd8);                                  // cmp eax, ebx
        code.JumpIf(MachineCode.NotEqual, "reap");
        code.Emit(0x8b, 0x84, 0x24, 128, 0, 0, 0);              // mov eax, [rsp+128]
        code.Emit(0x89, 0xc7);                                  // mov edi, eax
        code.Emit(0x83, 0xe7, 0x7f);                            // and edi, 0x7f
        code.JumpIf(MachineCode.Equal, "exited");
        code.Emit(0x81, 0xc7, 128, 0, 0, 0);                    // add edi, 128
        code.Jump("exit");
        code.Mark("exited");
        code.Emit(0x89, 0xc7);                                  // mov edi, eax
        code.Emit(0xc1, 0xef, 8);                               // shr edi, 8
        code.Emit(0x81, 0xe7, 0xff, 0, 0, 0);                   // and edi, 255
        code.Mark("exit");
        code.Call(ExitGroup);
        Child(code);
    }

    // a process group of its own, in the foreground if there is a terminal, so that ctrl-c reaches it once and not through us again
    private static void Child(MachineCode code)
    {
        code.Mark("child");
        code.Emit(0x31, 0xff, 0x31, 0xf6);                      // xor edi, edi; xor esi, esi
        code.Call(SetProcessGroup);
        code.Call(GetPid);
        code.Emit(0x89, 0x04, 0x24);                            // mov [rsp], eax
        code.Emit(0x31, 0xff);                                  // xor edi, edi
        code.Emit(0xbe, 0x10, 0x54, 0, 0);                      // mov esi, TIOCSPGRP
        code.Emit(0x48, 0x89, 0xe2);                            // mov rdx, rsp
        code.Call(Ioctl);
        Mask(code, "none");
        code.Emit(0x45, 0x31, 0xff);                            // xor r15d, r15d
        code.LoadAddress(MachineCode.Rbp, "candidates");
        code.Mark("try");
        code.Emit(0x48, 0x8b, 0x7d, 0);                         // mov rdi, [rbp]
        code.Emit(0x48, 0x85, 0xff);                            // test rdi, rdi
        code.JumpIf(MachineCode.Equal, "failed");
        code.Emit(0x4c, 0x89, 0xee);                            // mov rsi, r13
        code.Emit(0x4c, 0x89, 0xf2);                            // mov rdx, r14
        code.Call(Execve);
        code.Emit(0x48, 0x83, 0xc5, 8);                         // add rbp, 8
        code.Emit(0x83, 0xf8, 0xfe);                            // cmp eax, -ENOENT
        code.JumpIf(MachineCode.Equal, "try");
        code.Emit(0x41, 0x89, 0xc7);                            // mov r15d, eax
        code.Jump("try");
        code.Mark("failed");
        code.Emit(0x45, 0x85, 0xff);                            // test r15d, r15d
        code.JumpIf(MachineCode.NotEqual, "other");
        Give(code, "missing", LaunchErrors.NotFoundExitCode);
        code.Mark("other");
        Give(code, "refused", LaunchErrors.NotExecutableExitCode);
    }

    private static void Give(MachineCode code, string message, byte status)
    {
        code.Emit(0xbf, 2, 0, 0, 0);                            // mov edi, 2
        code.LoadAddress(MachineCode.Rsi, message);
        code.LoadLength(message);                               // mov edx, length
        code.Call(Write);
        code.Emit(0xbf, status, 0, 0, 0);                       // mov edi, status
        code.Call(ExitGroup);
    }

    private static void Mask(MachineCode code, string set)
    {
        code.Emit(0xbf, 2, 0, 0, 0);                            // mov edi, SIG_SETMASK
        code.LoadAddress(MachineCode.Rsi, set);
        code.Emit(0x31, 0xd2);                                  // xor edx, edx
        code.Emit(0x41, 0xba, 8, 0, 0, 0);                      // mov r10d, 8
        code.Call(SetSignalMask);
    }

    private static void Skip(MachineCode code, byte signal, string target)
    {
        code.Emit(0x83, 0xf8, signal);                          // cmp eax, signal
        code.JumpIf(MachineCode.Equal, target);
    }

    private static void Text(MachineCode code, string label, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        code.Mark(label);
        code.Length(label, bytes.Length);
        code.Data(bytes);
    }

    // One loadable segment, readable and executable, with everything in it (elf(5)).
    private static byte[] Elf(byte[] body)
    {
        const int ReadExecute = 5, PageSize = 4096;
        using var stream = new MemoryStream();
        using var elf = new BinaryWriter(stream);
        elf.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        elf.Write((ushort)2);                   // ET_EXEC
        elf.Write((ushort)62);                  // EM_X86_64
        elf.Write(1);
        elf.Write(Base + HeaderSize);           // entry
        elf.Write(64ul);                        // program headers
        elf.Write(0ul);
        elf.Write(0);
        elf.Write((ushort)64);
        elf.Write((ushort)56);
        elf.Write((ushort)1);
        elf.Write(0);
        elf.Write((ushort)0);
        elf.Write(1);                           // PT_LOAD
        elf.Write(ReadExecute);
        elf.Write(0ul);
        elf.Write(Base);
        elf.Write(Base);
        elf.Write((ulong)(HeaderSize + body.Length));
        elf.Write((ulong)(HeaderSize + body.Length));
        elf.Write((ulong)PageSize);
        elf.Write(body);
        return stream.ToArray();
    }
}
