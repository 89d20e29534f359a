using Microsoft.Win32.SafeHandles;
using Wharf.Linux.Netlink;

namespace Wharf.Network.Sandboxes;

/// <summary>A network namespace of ours: its id, its path, and what we hold of it.</summary>
internal sealed record SandboxNamespace(string Id, string Path, SafeFileHandle Handle, RouteConnection Route) : IDisposable
{
    public void Dispose()
    {
        Route.Dispose();
        Handle.Dispose();
    }
}
