using Wharf.Api.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Creation;

/// <summary>
/// Modes like <c>container:NAME</c> keep the id, so that a rename does not change whose namespace it is. A name that means nothing yet stays: the start will say so; but for PIDs, where Docker says so at once.
/// </summary>
internal static class SharedNamespaces
{
    private const string Prefix = "container:";

    public static void Resolve(HostConfig host, ContainerConfig config, ContainerRegistry containers)
    {
        host.PidMode = Mode(host.PidMode, containers, out ContainerRecord? pid);
        if (pid is null && host.PidMode is not null && host.PidMode.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw WharfException.Invalid(ContainerErrors.NoSuchContainer(host.PidMode[Prefix.Length..]).Message);
        }

        host.IpcMode = Mode(host.IpcMode, containers, out _);
        host.NetworkMode = Mode(host.NetworkMode, containers, out ContainerRecord? network);
        if (network is not null)
        {
            // the names of a shared network are those of its owner
            config.Hostname = network.Config.Hostname;
            config.Domainname = network.Config.Domainname;
        }
    }

    private static string? Mode(string? mode, ContainerRegistry containers, out ContainerRecord? target)
    {
        target = mode is not null && mode.StartsWith(Prefix, StringComparison.Ordinal) ? containers.TryGet(mode[Prefix.Length..])?.Current : null;
        return target is null ? mode : Prefix + target.Id;
    }
}
