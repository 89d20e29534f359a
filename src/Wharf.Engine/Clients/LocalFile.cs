using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Clients;

/// <summary>A file that a client on this machine has open, taken over instead of being sent.</summary>
public static class LocalFile
{
    /// <param name="client">Who asks.</param>
    /// <param name="descriptor">The client's; reading begins where the client stands in it.</param>
    /// <exception cref="WharfException">Unsupported: the content has to be sent.</exception>
    public static FileStream Open(LocalClient client, int descriptor)
    {
        using var process = LocalProcess.Open(client);
        string name = descriptor.ToString(CultureInfo.InvariantCulture);
        Errno errno = Reopen(process, name, out SafeFileHandle file);
        try
        {
            LocalProcess.Demand(errno == Errno.None, $"descriptor {name}: {errno}");
            NameCalls.Status(file, out var status).ThrowIfError("statx");
            LocalProcess.Demand(status.IsRegular, $"descriptor {name} is no regular file");
            LocalProcess.RefuseKernels(file, $"descriptor {name}");
            long position = long.Parse(LocalProcess.Fields(process.Handle, "fdinfo/" + name)["pos"], CultureInfo.InvariantCulture);
            return new FileStream(file, FileAccess.Read, bufferSize: 0) { Position = position };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // With the client's rights: what it merely holds, without being allowed to read it, stays closed.
    private static Errno Reopen(LocalProcess process, string name, out SafeFileHandle file)
    {
        using var scope = process.Identity is null ? default : process.Identity.Assume();
        return FileCalls.OpenAt(process.Handle, "fd/" + name, OpenFlags.ReadOnly | OpenFlags.NonBlocking, out file);
    }
}
