using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Runtime.Tests.Launch;

/// <summary>A descriptor that somebody forgot to make close-on-exec.</summary>
internal static class ProcessLeak
{
    public static void MakeInheritable(SafeFileHandle handle) => FileCalls.SetCloseOnExec(handle, closeOnExec: false).ThrowIfError("fcntl");
}
