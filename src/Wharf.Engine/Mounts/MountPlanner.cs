using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Volumes;
using Wharf.Primitives;

namespace Wharf.Engine.Mounts;

/// <summary>
/// Decides what is mounted in a container and makes the volumes for it. Order of precedence as Docker's: volumes-from, then -v, then --mount, and the image's
/// volumes only where nothing else is.
/// </summary>
internal sealed class MountPlanner(ContainerRegistry containers, IContainerVolumes volumes, string dataRoot)
{
    /// <summary>What the request asks for, without touching anything.</summary>
    /// <exception cref="WharfException">InvalidArgument or NotFound with Docker's texts.</exception>
    public List<ContainerMount> Plan(ContainerConfig config, HostConfig host)
    {
        var byDestination = new Dictionary<string, ContainerMount>(StringComparer.Ordinal);
        foreach (string text in host.VolumesFrom ?? [])
        {
            AddFrom(byDestination, text);
        }

        string driver = host.VolumeDriver ?? "";
        var requested = new HashSet<string>(StringComparer.Ordinal);
        foreach (ContainerMount mount in (host.Binds ?? []).Select(b => BindSpecification.Parse(b, driver)).Concat((host.Mounts ?? []).Select(m => MountRequests.Parse(m, driver))))
        {
            if (!requested.Add(mount.Destination))
            {
                throw MountErrors.Duplicate(mount.Destination);
            }

            byDestination[mount.Destination] = mount.Type == "bind" ? mount with { Propagation = Propagation(mount) } : mount;
        }

        foreach ((string destination, string options) in host.Tmpfs ?? [])
        {
            if (!requested.Add(MountPath.Destination(destination)))
            {
                throw MountErrors.Duplicate(destination);
            }

            _ = TmpfsOptions.Parse(options);
        }

        foreach (string path in config.Volumes?.Keys ?? Enumerable.Empty<string>())
        {
            // An image may name a folder without its slash: Docker counts it from the root.
            string destination = MountPath.Destination("/" + path);
            if (!byDestination.ContainsKey(destination) && !requested.Contains(destination))
            {
                byDestination[destination] = new ContainerMount { Type = "volume", Destination = destination, Driver = driver, Anonymous = true };
            }
        }

        return [.. byDestination.Values.OrderBy(m => m.Destination, StringComparer.Ordinal)];
    }

    /// <summary>Makes the volumes of a plan. The answer names each; <paramref name="made"/> collects those that did not exist, so that a failed create can take them back.</summary>
    public async Task<List<ContainerMount>> EnsureVolumesAsync(List<ContainerMount> plan, HostConfig host, ICollection<string> made, CancellationToken ct)
    {
        var mounts = new List<ContainerMount>(plan.Count);
        foreach (ContainerMount mount in plan)
        {
            if (mount.Type != "volume")
            {
                mounts.Add(mount);
                continue;
            }

            MountRequest? request = host.Mounts?.Find(m => m.Target is not null && MountPath.Clean(m.Target) == mount.Destination);
            MountRequestVolumeOptions? options = request?.VolumeOptions;
            ContainerVolume volume = await volumes.EnsureAsync(
                new VolumeWish(
                    mount.Name.Length == 0 ? null : mount.Name,
                    mount.Driver,
                    options?.DriverConfig?.Options ?? [],
                    options?.Labels ?? [],
                    Durable: !host.AutoRemove || !mount.Anonymous),
                ct);
            if (volume.Created)
            {
                made.Add(volume.Name);
            }

            // -v and --mount say "z" where the user said nothing, the image's own volumes say nothing: as inspect of Docker does
            bool fromImage = mount.Anonymous && mount.Mode.Length == 0 && request is null && !(host.Binds?.Contains(mount.Destination) ?? false);
            mounts.Add(mount with { Name = volume.Name, Driver = volume.Driver, Mode = mount.Mode.Length > 0 || fromImage ? mount.Mode : "z" });
        }

        return mounts;
    }

    // A private copy of mounts below the data root would keep them busy long after their container has ended.
    private string Propagation(ContainerMount mount)
    {
        if (!mount.Source.StartsWith(dataRoot, StringComparison.Ordinal) && !dataRoot.StartsWith(mount.Source, StringComparison.Ordinal))
        {
            return mount.Propagation.Length == 0 ? "rprivate" : mount.Propagation;
        }

        return mount.Propagation switch
        {
            "" => "rslave",
            "rslave" or "rshared" => mount.Propagation,
            _ => throw WharfException.Invalid(
                $"invalid mount config: must use either propagation mode \"rslave\" or \"rshared\" when mount source is within the daemon root, daemon root: \"{dataRoot}\", bind mount source: \"{mount.Source}\", propagation: \"{mount.Propagation}\""),
        };
    }

    private void AddFrom(Dictionary<string, ContainerMount> mounts, string text)
    {
        string[] parts = text.Split(':', 2);
        if (parts[0].Length == 0)
        {
            throw WharfException.Invalid("invalid volumes-from specification: " + (text.Length == 0 ? "''" : text));
        }

        string words = parts.Length > 1 ? parts[1] : "rw";
        if (MountMode.TryParse(words) is not { Propagation: "", NoCopy: false } mode)
        {
            throw MountErrors.InvalidMode(words);
        }

        Container source = containers.TryGet(parts[0]) ?? throw WharfException.Invalid(ContainerErrors.NoSuchContainer(parts[0]).Message);
        foreach (ContainerMount mount in source.Current.Definition.Mounts)
        {
            mounts[mount.Destination] = mount with { ReadOnly = mount.ReadOnly || mode.ReadOnly, Mode = mount.Mode, NoCopy = true };
        }
    }
}
