using System.Text.Json;

namespace Wharf.Oci.Runtime;

public static partial class RuntimeSpecReader
{
    public static LinuxSeccomp LinuxSeccomp(JsonElement json) => new()
    {
        DefaultAction = json.RequiredText("defaultAction"),
        DefaultErrnoRet = json.UInt("defaultErrnoRet"),
        Architectures = json.Texts("architectures"),
        Flags = json.Texts("flags"),
        ListenerPath = json.Text("listenerPath"),
        ListenerMetadata = json.Text("listenerMetadata"),
        Syscalls = json.List("syscalls", LinuxSyscall),
    };

    public static LinuxSyscall LinuxSyscall(JsonElement json) => new()
    {
        Names = json.Texts("names") ?? [],
        Action = json.RequiredText("action"),
        ErrnoRet = json.UInt("errnoRet"),
        Args = json.List("args", LinuxSyscallArgument),
    };

    public static LinuxSyscallArgument LinuxSyscallArgument(JsonElement json) => new()
    {
        Index = json.UInt("index") ?? 0,
        Value = json.ULong("value") ?? 0,
        ValueTwo = json.ULong("valueTwo") ?? 0,
        Op = json.RequiredText("op"),
    };
}
