using Wharf.Api.Containers;
using Wharf.Engine.Volumes;

namespace Wharf.Engine.Containers.Listing;

/// <summary>A container's mounts as inspect and ps show them.</summary>
internal static class MountView
{
    public static List<MountPoint> Of(ContainerRecord record, IContainerVolumes volumes) =>
    [
        .. record.Definition.Mounts.Select(mount => new MountPoint
        {
            Type = mount.Type,
            Name = mount.Name.Length > 0 ? mount.Name : null,
            Source = mount.Type == "volume" ? volumes.Mountpoint(mount.Name) ?? "" : mount.Source,
            Destination = mount.Destination,
            Driver = mount.Type == "volume" ? mount.Driver : null,
            Mode = mount.Mode,
            RW = !mount.ReadOnly,
            Propagation = mount.Propagation,
        }),
    ];
}
