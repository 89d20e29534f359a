using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Launch;

/// <summary>The id maps of a new user namespace, written once from outside (user_namespaces(7)).</summary>
internal static class IdMaps
{
    public static void Write(int pid, IReadOnlyList<IdMapping> uids, IReadOnlyList<IdMapping> gids)
    {
        if (uids.Count == 0 || gids.Count == 0)
        {
            throw WharfException.Invalid("a new user namespace needs uidMappings and gidMappings");
        }

        SmallFile.Write($"/proc/{pid}/uid_map", Lines(uids));
        SmallFile.Write($"/proc/{pid}/gid_map", Lines(gids));
    }

    private static string Lines(IReadOnlyList<IdMapping> maps) =>
        string.Concat(maps.Select(map => $"{map.ContainerId} {map.HostId} {map.Size}\n"));
}
