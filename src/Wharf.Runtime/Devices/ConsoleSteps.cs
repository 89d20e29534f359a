using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Devices;

/// <summary>
/// The terminal: a pair from the container's own devpts, made by the child, its master sent to the parent over a socket. Only descriptors are
/// used after the multiplexer is open, so an exchange of /dev/console or /dev/pts has nothing to catch.
/// </summary>
internal static class ConsoleSteps
{
    private const nuint TIOCSPTLCK = 0x40045431, TIOCGPTPEER = 0x5441, TIOCSWINSZ = 0x5414;

    /// <summary>Where the master is received.</summary>
    public static SafeFileHandle Channel(SyscallPlan plan, out int childEnd)
    {
        UnixSocketCalls.Pair(SocketKind.SequencedPacket, nonBlocking: false, out SafeFileHandle ours, out SafeFileHandle childs).ThrowIfError("socketpair");
        childEnd = plan.Keep(childs);
        plan.Keep(ours);
        return ours;
    }

    /// <returns>The slot with the terminal's other side, which becomes stdio.</returns>
    public static PlanSlot Open(SyscallPlan plan, PlanSlot root, ProcessSpec process, int channel)
    {
        PlanSlot master = plan.NewSlot(), terminal = plan.NewSlot();
        int flags = (int)(OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec);
        plan.Context = "error opening the terminal";
        plan.OpenInRoot("open", root, "/dev/pts/ptmx", OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal, refuseLinks: true).Save(master);
        plan.Add("ioctl", "TIOCSPTLCK", Call.ioctl, master, (nint)TIOCSPTLCK, plan.Zeroed(sizeof(int)));
        plan.Add("ioctl", "TIOCGPTPEER", Call.ioctl, master, (nint)TIOCGPTPEER, flags).Save(terminal);
        if (process.ConsoleSize is { Height: > 0, Width: > 0 } size)
        {
            var window = new WindowSize((ushort)size.Height, (ushort)size.Width);
            plan.Add("ioctl", "TIOCSWINSZ", Call.ioctl, master, (nint)TIOCSWINSZ, plan.Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<WindowSize>(in window))));
        }

        const uint TtyMode = 0b110_010_000;
        plan.Add("fchmod", "terminal", Call.fchmod, terminal, TtyMode);
        plan.Add("fchown", "terminal", Call.fchown, terminal, process.User?.Uid ?? 0, -1).Allow(Errno.EPERM).Allow(Errno.EINVAL);
        Send(plan, master, channel);
        plan.Context = null;
        return terminal;
    }

    /// <summary>/dev/console is the terminal.</summary>
    public static void BindConsole(PlanBuilder builder, PlanSlot terminal)
    {
        SyscallPlan plan = builder.Plan;
        plan.Context = "error binding /dev/console";
        PlanSlot tree = plan.NewSlot(), target = plan.NewSlot();
        plan.Add("open_tree", null, Call.open_tree, terminal, builder.Empty, (int)(OpenTreeFlags.Clone | OpenTreeFlags.EmptyPath | OpenTreeFlags.CloseOnExec)).Save(tree);
        plan.OpenInRoot("open", builder.Root, "/dev/console", OpenFlags.Path, PlanMake.File, refuseLinks: true).Save(target);
        builder.Attach("/dev/console", tree, target);
        plan.Context = null;
    }

    // struct msghdr, struct iovec and struct cmsghdr by hand; the descriptor's number is stored when it is known
    private static void Send(SyscallPlan plan, PlanSlot master, int channel)
    {
        const ulong ControlLength = 20, ControlSpace = 24;
        const ulong LevelSocketTypeRights = 1 | (1ul << 32);
        const int MSG_NOSIGNAL = 0x4000;
        nint control = plan.Words(ControlLength, LevelSocketTypeRights, 0);
        nint vector = plan.Words((ulong)plan.Text("c"), 1);
        nint message = plan.Words(0, 0, (ulong)vector, 1, (ulong)control, ControlSpace, 0);
        plan.StoreInt32(control + 16, master);
        plan.Add("sendmsg", "terminal", Call.sendmsg, channel, message, MSG_NOSIGNAL);
    }
}
