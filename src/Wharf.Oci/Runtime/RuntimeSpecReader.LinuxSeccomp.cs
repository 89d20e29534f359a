using System.Text.Json;

namespace Wharf.Oci.Runtime;

// linux.seccomp
public static partial class RuntimeSpecReader
{
    private static LinuxSeccomp? LinuxSeccomp(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? defaultAction = null;
        uint? defaultErrnoRet = null;
        IReadOnlyList<string>? architectures = null;
        IReadOnlyList<string>? flags = null;
        string? listenerPath = null;
        string? listenerMetadata = null;
        IReadOnlyList<LinuxSyscall>? syscalls = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "defaultAction"u8)) { defaultAction = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "defaultErrnoRet"u8)) { defaultErrnoRet = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "architectures"u8)) { architectures = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "flags"u8)) { flags = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "listenerPath"u8)) { listenerPath = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "listenerMetadata"u8)) { listenerMetadata = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "syscalls"u8)) { syscalls = JsonValues.List(ref json, LinuxSyscall); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxSeccomp
        {
            DefaultAction = defaultAction ?? throw JsonValues.Missing("LinuxSeccomp", "defaultAction"),
            DefaultErrnoRet = defaultErrnoRet,
            Architectures = architectures,
            Flags = flags,
            ListenerPath = listenerPath,
            ListenerMetadata = listenerMetadata,
            Syscalls = syscalls,
        };
    }

    private static LinuxSyscall? LinuxSyscall(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        IReadOnlyList<string>? names = null;
        string? action = null;
        uint? errnoRet = null;
        IReadOnlyList<LinuxSyscallArgument>? args = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "names"u8)) { names = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "action"u8)) { action = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "errnoRet"u8)) { errnoRet = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "args"u8)) { args = JsonValues.List(ref json, LinuxSyscallArgument); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxSyscall
        {
            Names = names ?? throw JsonValues.Missing("LinuxSyscall", "names"),
            Action = action ?? throw JsonValues.Missing("LinuxSyscall", "action"),
            ErrnoRet = errnoRet,
            Args = args,
        };
    }

    private static LinuxSyscallArgument? LinuxSyscallArgument(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        uint? index = null;
        ulong? value = null;
        ulong? valueTwo = null;
        string? op = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "index"u8)) { index = JsonValues.UInt32(ref json); }
            else if (JsonValues.IsMember(ref json, "value"u8)) { value = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "valueTwo"u8)) { valueTwo = JsonValues.UInt64(ref json); }
            else if (JsonValues.IsMember(ref json, "op"u8)) { op = JsonValues.Text(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new LinuxSyscallArgument
        {
            Index = index ?? default,
            Value = value ?? default,
            ValueTwo = valueTwo ?? default,
            Op = op ?? throw JsonValues.Missing("LinuxSyscallArgument", "op"),
        };
    }
}
