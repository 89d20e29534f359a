using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// The device rules of cgroup v2: a BPF program of type BPF_PROG_TYPE_CGROUP_DEVICE, attached to the cgroup's directory. The last rule
/// that matches decides, nothing matching is a denial, as in v1 after "deny a".
/// </summary>
public static unsafe class DeviceFilter
{
    private const int BpfCall = 321, ProgramLoad = 5, ProgramAttach = 8, ProgramDetach = 9, ProgramQuery = 16, ProgramById = 13;
    private const int TypeCgroupDevice = 15, AttachCgroupDevice = 6, AllowMultiple = 2;

    /// <summary>Loads the program for the rules. EPERM without CAP_BPF or CAP_SYS_ADMIN.</summary>
    public static Errno Load(IReadOnlyList<DeviceRule> rules, out SafeFileHandle program)
    {
        ulong[] code = Assemble(rules);
        byte* attributes = stackalloc byte[128];
        new Span<byte>(attributes, 128).Clear();
        fixed (ulong* instructions = code)
        fixed (byte* license = "Apache-2.0\0"u8)
        {
            ((uint*)attributes)[0] = TypeCgroupDevice;
            ((uint*)attributes)[1] = (uint)code.Length;
            ((ulong*)attributes)[1] = (ulong)instructions;
            ((ulong*)attributes)[2] = (ulong)license;
            nint fd = Libc.syscall(BpfCall, ProgramLoad, (nint)attributes, 128, 0, 0, 0);
            program = new SafeFileHandle(fd, ownsHandle: true);
            return SystemCall.Answer(fd);
        }
    }

    /// <summary>Puts the program in force on a cgroup and takes those of ours that were there off.</summary>
    public static Errno Replace(string cgroupDirectory, SafeFileHandle program)
    {
        Errno errno = FileCalls.Open(cgroupDirectory, OpenFlags.Directory, out SafeFileHandle cgroup);
        using (cgroup)
        {
            if (errno != Errno.None)
            {
                return errno;
            }

            uint[] before = Attached(cgroup);
            errno = Command(ProgramAttach, cgroup.Number(), program.Number());
            GC.KeepAlive(program);
            foreach (uint id in errno == Errno.None ? before : [])
            {
                Detach(cgroup, id);
            }

            return errno;
        }
    }

    // A program that cannot be opened or detached is gone already: another update was faster.
    private static void Detach(SafeFileHandle cgroup, uint id)
    {
        byte* attributes = stackalloc byte[64];
        new Span<byte>(attributes, 64).Clear();
        ((uint*)attributes)[0] = id;
        int program = (int)Libc.syscall(BpfCall, ProgramById, (nint)attributes, 64, 0, 0, 0);
        if (program >= 0)
        {
            _ = Command(ProgramDetach, cgroup.Number(), program);
            _ = Libc.close(program);
        }
    }

    private static Errno Command(int command, int cgroup, int program)
    {
        byte* attributes = stackalloc byte[64];
        new Span<byte>(attributes, 64).Clear();
        ((int*)attributes)[0] = cgroup;
        ((int*)attributes)[1] = program;
        ((int*)attributes)[2] = AttachCgroupDevice;
        ((int*)attributes)[3] = command == ProgramAttach ? AllowMultiple : 0;
        return SystemCall.Answer(Libc.syscall(BpfCall, command, (nint)attributes, 64, 0, 0, 0));
    }

    private static uint[] Attached(SafeFileHandle cgroup)
    {
        const int Most = 64;
        uint* ids = stackalloc uint[Most];
        byte* attributes = stackalloc byte[64];
        new Span<byte>(attributes, 64).Clear();
        // union bpf_attr.query: target_fd, attach_type, query_flags, attach_flags, prog_ids (64 bits), prog_cnt
        ((int*)attributes)[0] = cgroup.Number();
        ((int*)attributes)[1] = AttachCgroupDevice;
        ((ulong*)attributes)[2] = (ulong)ids;
        ((uint*)attributes)[6] = Most;
        nint result = Libc.syscall(BpfCall, ProgramQuery, (nint)attributes, 64, 0, 0, 0);
        GC.KeepAlive(cgroup);
        return result < 0 ? [] : new ReadOnlySpan<uint>(ids, (int)((uint*)attributes)[6]).ToArray();
    }

    // struct bpf_cgroup_dev_ctx: access_type (low half: 1 block, 2 char; high half: access), major, minor
    internal static ulong[] Assemble(IReadOnlyList<DeviceRule> rules)
    {
        const byte LoadWord = 0x61, MoveRegister = 0xbf, MoveValue = 0xb7, AndValue = 0x57, ShiftRight = 0x77, Exit = 0x95;
        const int Answer = 0, Context = 1, Type = 2, Access = 3, Major = 4, Minor = 5;
        var code = new List<ulong>
        {
            Instruction(LoadWord, Type, Context, 0, 0),
            Instruction(MoveRegister, Access, Type, 0, 0),
            Instruction(AndValue, Type, 0, 0, 0xffff),
            Instruction(ShiftRight, Access, 0, 0, 16),
            Instruction(LoadWord, Major, Context, 4, 0),
            Instruction(LoadWord, Minor, Context, 8, 0),
        };
        bool decided = false;
        for (int i = rules.Count - 1; i >= 0 && !decided; i--)
        {
            code.AddRange(Rule(rules[i]));
            decided = rules[i] is { Type: 'a', Major: null, Minor: null, Access: DeviceAccess.All };
        }

        if (!decided)
        {
            code.Add(Instruction(MoveValue, Answer, 0, 0, 0));
            code.Add(Instruction(Exit, 0, 0, 0, 0));
        }

        return [.. code];
    }

    // Each test that fails jumps over the rest of its rule. An allowing rule must cover all of the access asked; a denying one any of it.
    private static List<ulong> Rule(DeviceRule rule)
    {
        const byte JumpNotEqual = 0x55, JumpEqual = 0x15, MoveRegister = 0xbf, MoveValue = 0xb7, AndValue = 0x57, Exit = 0x95;
        const int Answer = 0, Type = 2, Access = 3, Major = 4, Minor = 5;
        var tests = new List<(byte Code, int Register, int Value)>();
        if (rule.Type != 'a')
        {
            tests.Add((JumpNotEqual, Type, rule.Type == 'b' ? 1 : 2));
        }

        if (rule.Major is { } major)
        {
            tests.Add((JumpNotEqual, Major, (int)major));
        }

        if (rule.Minor is { } minor)
        {
            tests.Add((JumpNotEqual, Minor, (int)minor));
        }

        bool looksAtAccess = rule.Access != DeviceAccess.All;
        int length = tests.Count + (looksAtAccess ? 3 : 0) + 2;
        var code = new List<ulong>(length);
        foreach ((byte jump, int register, int value) in tests)
        {
            code.Add(Instruction(jump, register, 0, (short)(length - code.Count - 1), value));
        }

        if (looksAtAccess)
        {
            code.Add(Instruction(MoveRegister, Answer, Access, 0, 0));
            code.Add(Instruction(AndValue, Answer, 0, 0, rule.Allow ? ~(int)rule.Access & (int)DeviceAccess.All : (int)rule.Access));
            code.Add(Instruction(rule.Allow ? JumpNotEqual : JumpEqual, Answer, 0, (short)(length - code.Count - 1), 0));
        }

        code.Add(Instruction(MoveValue, Answer, 0, 0, rule.Allow ? 1 : 0));
        code.Add(Instruction(Exit, 0, 0, 0, 0));
        return code;
    }

    private static ulong Instruction(byte code, int destination, int source, short offset, int value) =>
        code | ((ulong)(uint)(destination | (source << 4)) << 8) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)value << 32);
}
