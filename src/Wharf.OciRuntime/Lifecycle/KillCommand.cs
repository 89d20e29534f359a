using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Lifecycle;

internal static class KillCommand
{
    public static readonly Command Command = new("kill", "send a signal to the container's init process", [new("all", 'a', TakesValue: false)], (arguments, session) =>
    {
        IReadOnlyList<string> operands = arguments.Operand(1, 2, "kill");
        Container container = session.Store.Load(operands[0]);
        string name = operands.Count > 1 ? operands[1] : "SIGTERM";
        // 0 sends nothing and only asks whether it could (kill(2))
        int signal = 0;
        if (name != "0" && !Signal.TryParse(name, out signal))
        {
            throw WharfException.Invalid($"unknown signal \"{name}\"");
        }

        if (arguments.IsSet("all"))
        {
            container.Cgroup.SignalAll(signal);
            return 0;
        }

        using SafeFileHandle process = container.OpenProcess();
        ProcessCalls.SendSignal(process, signal).ThrowIfError("kill", container.Id);
        if (signal == Signal.Kill && container.Cgroup.IsFrozen)
        {
            // v1: a frozen process does not even die
            container.Cgroup.Thaw();
        }

        return 0;
    });
}
