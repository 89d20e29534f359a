using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Shims;
using Wharf.Runtime.Shims.Protocol;

namespace Wharf.Shim.Processes;

/// <summary>The shim's files in its own directory, which is the working directory: it is renamed when the shim gets its container.</summary>
internal static class StateFile
{
    private const uint OwnerOnly = 0x180; // 0600

    public static Errno Write(ShimState state)
    {
        const string Temporary = ShimState.FileName + ".tmp";
        Errno errno = FileCalls.Open(Temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, out SafeFileHandle file, OwnerOnly);
        using (file)
        {
            errno = errno != Errno.None ? errno : FileCalls.WriteAll(file, state.Format());
        }

        return errno != Errno.None ? errno : NameCalls.Rename(FileCalls.CurrentDirectory, Temporary, FileCalls.CurrentDirectory, ShimState.FileName);
    }

    /// <summary>Removes the directory with all that a shim puts into it. What is gone already is no matter.</summary>
    public static void RemoveDirectory()
    {
        foreach (string name in (string[])[ShimWire.SocketName, ShimState.FileName, ShimState.FileName + ".tmp", ShimWire.ErrorLogName])
        {
            _ = NameCalls.Unlink(FileCalls.CurrentDirectory, name);
        }

        if (NameCalls.ReadLink(FileCalls.CurrentDirectory, "/proc/self/cwd", out byte[] path) == Errno.None)
        {
            _ = NameCalls.Unlink(FileCalls.CurrentDirectory, path, AtFlags.RemoveDirectory);
        }
    }
}
