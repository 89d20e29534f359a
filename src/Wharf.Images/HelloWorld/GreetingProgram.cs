using System.Buffers.Binary;
using System.Text;
using Wharf.Primitives;

namespace Wharf.Images.HelloWorld;

/// <summary>
/// Assembles a static ELF program (elf(5)) that writes a text to its standard output and exits with 0, or with 1 when it cannot: one
/// loadable segment, a handful of instructions, no library.
/// </summary>
internal static class GreetingProgram
{
    private const ulong BaseAddress = 0x400000;
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;

    /// <param name="architecture">amd64 or arm64, as in image configurations.</param>
    /// <param name="text">What it says.</param>
    public static byte[] Assemble(string architecture, string text)
    {
        byte[] message = Encoding.UTF8.GetBytes(text);
        ulong entry = BaseAddress + HeaderSize + ProgramHeaderSize;
        (ushort machine, Func<ulong, byte[]> assemble) = architecture switch
        {
            "amd64" => ((ushort)62, (Func<ulong, byte[]>)(address => Amd64(address, message.Length))),
            "arm64" => ((ushort)183, address => Arm64(address, message.Length)),
            _ => throw WharfException.Unsupported($"there is no embedded hello-world for {architecture}"),
        };

        // The length of the code does not depend on the message's address: one pass to measure, one to write.
        int codeLength = assemble(0).Length;
        byte[] code = assemble(entry + (ulong)codeLength);
        return [.. Headers(machine, entry, HeaderSize + ProgramHeaderSize + code.Length + message.Length), .. code, .. message];
    }

    private static byte[] Headers(ushort machine, ulong entry, int fileSize)
    {
        var header = new byte[HeaderSize + ProgramHeaderSize];
        Span<byte> elf = header;
        ((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0]).CopyTo(elf);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[16..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[18..], machine);
        BinaryPrimitives.WriteUInt32LittleEndian(elf[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(elf[24..], entry);
        BinaryPrimitives.WriteUInt64LittleEndian(elf[32..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[54..], ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[56..], 1);
        Span<byte> segment = elf[HeaderSize..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], BaseAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], BaseAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)fileSize);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)fileSize);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x1000);
        return header;
    }

    private static byte[] Amd64(ulong message, int length)
    {
        var code = new List<byte>();
        void Emit(params ReadOnlySpan<byte> bytes) => code.AddRange(bytes);
        void Emit32(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            code.AddRange(bytes);
        }

        Emit(0xBE);                    // mov esi, message
        Emit32((uint)message);
        Emit(0xBB);                    // mov ebx, length
        Emit32((uint)length);
        int loop = code.Count;
        Emit(0xB8, 1, 0, 0, 0);        // mov eax, 1 (write)
        Emit(0xBF, 1, 0, 0, 0);        // mov edi, 1 (stdout)
        Emit(0x89, 0xDA);              // mov edx, ebx
        Emit(0x0F, 0x05);              // syscall
        Emit(0x85, 0xC0);              // test eax, eax
        Emit(0x7E, 0);                 // jle failed
        int failedJump = code.Count;
        Emit(0x01, 0xC6);              // add esi, eax
        Emit(0x29, 0xC3);              // sub ebx, eax
        Emit(0x75, (byte)(loop - (code.Count + 2)));    // jnz loop
        Emit(0x31, 0xFF);              // xor edi, edi
        Emit(0xEB, 5);                 // jmp exit
        code[failedJump - 1] = (byte)(code.Count - failedJump);
        Emit(0xBF, 1, 0, 0, 0);        // failed: mov edi, 1
        Emit(0xB8, 60, 0, 0, 0);       // exit: mov eax, 60
        Emit(0x0F, 0x05);              // syscall
        return [.. code];
    }

    private static byte[] Arm64(ulong message, int length)
    {
        var code = new List<uint>();
        void Move(uint register, ulong value)
        {
            code.Add(0xD2800000 | (uint)(value & 0xFFFF) << 5 | register);                    // movz
            code.Add(0xF2A00000 | (uint)(value >> 16 & 0xFFFF) << 5 | register);              // movk, lsl 16
        }

        Move(1, message);
        Move(2, (ulong)length);
        Move(8, 64);                    // write
        int loop = code.Count;
        Move(0, 1);                     // stdout
        code.Add(0xD4000001);           // svc 0
        code.Add(0xF100001F);           // cmp x0, 0
        int failedJump = code.Count;
        code.Add(0);                    // b.le failed
        code.Add(0x8B000021);           // add x1, x1, x0
        code.Add(0xEB000042);           // subs x2, x2, x0
        code.Add(0x54000001 | (uint)(loop - code.Count & 0x7FFFF) << 5);    // b.ne loop
        Move(0, 0);
        int exitJump = code.Count;
        code.Add(0);                    // b exit
        code[failedJump] = 0x5400000D | (uint)(code.Count - failedJump & 0x7FFFF) << 5;
        Move(0, 1);                     // failed
        code[exitJump] = 0x14000000 | (uint)(code.Count - exitJump);
        Move(8, 93);                    // exit
        code.Add(0xD4000001);           // svc 0
        var bytes = new byte[code.Count * 4];
        for (int i = 0; i < code.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), code[i]);
        }

        return bytes;
    }
}
