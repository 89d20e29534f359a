using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Shim;
using Wharf.Shim.Control;
using Wharf.Shim.Logs;
using Wharf.Shim.Loop;
using Wharf.Shim.Processes;
using Wharf.Shim.Streams;

// Started by the daemon only: working directory = the shim's own, descriptor 3 = its listening socket, SIGCHLD and the signals of
// terminals and service managers blocked in every thread from the start.
const int ListenerNumber = 3;
if (args is ["--version"])
{
    _ = FileCalls.WriteAll(FileCalls.Borrow(1), Encoding.ASCII.GetBytes($"wharf-shim protocol {ShimWire.Version}\n"));
    return 0;
}

try
{
    if (args is [LogWriter.Argument])
    {
        LogWriter.Run(FileCalls.Borrow(0));
        return 0;
    }

    DescriptorCalls.CloseFrom(ListenerNumber + 1).ThrowIfError("close_range");
    ProcessCalls.SetChildSubreaper().ThrowIfError("prctl", "PR_SET_CHILD_SUBREAPER");
    ProcessCalls.SetDumpable(false).ThrowIfError("prctl", "PR_SET_DUMPABLE");
    ProcessCalls.SetName("wharf-shim").ThrowIfError("prctl", "PR_SET_NAME");
    ProcessCalls.SetUmask(0x12); // 022
    if (Environment.GetEnvironmentVariable(ShimWire.CgroupsVariable) is { } cgroups)
    {
        CgroupLayout.Lines = cgroups;
    }

    SafeFileHandle listener = FileCalls.Adopt(ListenerNumber);
    FileCalls.SetCloseOnExec(listener, true).ThrowIfError("fcntl", "listener");
    FileCalls.SetNonBlocking(listener, true).ThrowIfError("fcntl", "listener");

    using var loop = new EventLoop();
    var reaper = new ChildReaper(loop);
    using var supervisor = new Supervisor(loop, new StreamLimits(), new Backends(loop, reaper).For, reaper);
    _ = new ControlListener(loop, listener, supervisor, ProcessCalls.EffectiveUser);
    loop.Run();
    return 0;
}
catch (WharfException trouble)
{
    ErrorLog.Write(trouble.Message);
    return 1;
}
