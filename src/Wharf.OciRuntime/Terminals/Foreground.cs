using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.OciRuntime.Terminals;

/// <summary>Waiting for a process as if we were it: signals go on to it, its status becomes ours.</summary>
internal static class Foreground
{
    private static readonly int[] Forwarded = [Signal.Hangup, Signal.Interrupt, Signal.Quit, Signal.Terminate, 10, 12];

    public static int Wait(SafeFileHandle pidfd, TerminalRelay relay)
    {
        var registrations = new List<PosixSignalRegistration>();
        foreach (int signal in Forwarded)
        {
            registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
            {
                context.Cancel = true;
                // ESRCH: it has ended, and we are about to
                _ = ProcessCalls.SendSignal(pidfd, signal);
            }));
        }

        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => relay.Resize()));
        try
        {
            relay.Pump(pidfd);
            ProcessCalls.Wait(pidfd, block: true, out ProcessEnd end).ThrowIfError("waitid");
            return end.ExitCode;
        }
        finally
        {
            foreach (PosixSignalRegistration registration in registrations)
            {
                registration.Dispose();
            }
        }
    }
}
