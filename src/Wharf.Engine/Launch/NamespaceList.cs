using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Engine.Launch;

/// <summary>Which namespaces a container gets for itself, shares with another, or leaves to the host.</summary>
internal static class NamespaceList
{
    public static IReadOnlyList<LinuxNamespace> Of(HostConfig host, string? networkPath, ContainerRegistry containers)
    {
        var namespaces = new List<LinuxNamespace> { new() { Type = "mount" } };
        if (host.NetworkMode != "host")
        {
            namespaces.Add(new LinuxNamespace { Type = "network", Path = networkPath });
        }

        if (host.UTSMode != "host")
        {
            namespaces.Add(new LinuxNamespace { Type = "uts" });
        }

        Add(namespaces, "pid", host.PidMode ?? "", containers);
        Add(namespaces, "ipc", host.IpcMode ?? "", containers);
        if (host.CgroupnsMode != "host")
        {
            namespaces.Add(new LinuxNamespace { Type = "cgroup" });
        }

        return namespaces;
    }

    /// <summary>The container that a mode like <c>container:NAME</c> shares with; it must run.</summary>
    public static ContainerRecord Target(string mode, ContainerRegistry containers)
    {
        ContainerRecord record = containers.Get(mode["container:".Length..]).Current;
        if (record.State.Status == RunStatus.Restarting)
        {
            throw ContainerErrors.Restarting(record.Id);
        }

        return record.State.Status.HasProcess() && record.State.Pid > 0
            ? record
            : throw ContainerErrors.CannotJoin(record.Id);
    }

    public static bool IsShared(string? mode) => mode is not null && mode.StartsWith("container:", StringComparison.Ordinal);

    private static void Add(List<LinuxNamespace> namespaces, string type, string mode, ContainerRegistry containers)
    {
        if (mode == "host")
        {
            return;
        }

        try
        {
            namespaces.Add(new LinuxNamespace { Type = type, Path = IsShared(mode) ? $"/proc/{Target(mode, containers).State.Pid}/ns/{type}" : null });
        }
        catch (WharfException e)
        {
            throw WharfException.Internal($"failed to join {type.ToUpperInvariant()} namespace: {e.Message}", e);
        }
    }
}
