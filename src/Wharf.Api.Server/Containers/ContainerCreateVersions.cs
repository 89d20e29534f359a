using Wharf.Api.Containers;
using Wharf.Api.Networks;
using Wharf.Api.Versions;
using Wharf.Primitives;

namespace Wharf.Api.Server.Containers;

/// <summary>
/// What creating a container meant to older clients: options that their version did not have are left out, and what stood in other
/// places is moved to where the engine looks for it.
/// </summary>
internal static class ContainerCreateVersions
{
    private const string EndpointSysctls = "com.docker.network.endpoint.sysctls";
    private static readonly ApiVersion AutoRemove = new(1, 25);
    private static readonly ApiVersion PrivateIpc = new(1, 40);
    private static readonly ApiVersion CgroupNamespaces = new(1, 41);
    private static readonly ApiVersion StrictMounts = new(1, 42);
    private static readonly ApiVersion Annotations = new(1, 43);
    private static readonly ApiVersion ManyEndpoints = new(1, 44);
    private static readonly ApiVersion Subpaths = new(1, 45);
    private static readonly ApiVersion ImageMounts = new(1, 48);
    private static readonly ApiVersion MacAddressGone = new(1, 52);

    /// <summary>Changes the request to the newest form.</summary>
    /// <returns>Warnings for the client.</returns>
    /// <exception cref="WharfException">InvalidArgument for what the version does not allow.</exception>
    public static List<string> Adapt(ContainerCreateRequest request, ApiVersion version)
    {
        var warnings = new List<string>();
        HostConfig host = request.HostConfig = (request.HostConfig ?? new HostConfig()).Copy();
        if (version < ImageMounts)
        {
            Older(request, host, version);
        }

        if (host.PidsLimit <= 0)
        {
            host.PidsLimit = null;
        }

        MacAddress(request, host, version, warnings);
        InterfaceSysctls(request, host, version, warnings);
        return warnings;
    }

    private static void Older(ContainerCreateRequest request, HostConfig host, ApiVersion version)
    {
        if (version < AutoRemove)
        {
            // the client removed it itself
            host.AutoRemove = false;
        }

        if (version < PrivateIpc && string.IsNullOrEmpty(host.IpcMode))
        {
            host.IpcMode = "shareable";
        }

        if (version < CgroupNamespaces && string.IsNullOrEmpty(host.CgroupnsMode) && !File.Exists("/sys/fs/cgroup/cgroup.controllers"))
        {
            host.CgroupnsMode = "host";
        }

        if (version < StrictMounts)
        {
            host.ConsoleSize = null;
        }

        if (version < Annotations)
        {
            host.Annotations = null;
        }

        if (version < ManyEndpoints)
        {
            request.Healthcheck = request.Healthcheck?.With(changed => changed.StartInterval = 0);
            if (request.NetworkingConfig?.EndpointsConfig is { Count: > 1 } endpoints)
            {
                throw WharfException.Invalid("Container cannot be created with multiple network endpoints: " + string.Join(", ", endpoints.Keys));
            }
        }

        foreach (EndpointSettings endpoint in Endpoints(request))
        {
            endpoint.GwPriority = 0;
        }

        host.Mounts = host.Mounts?.ConvertAll(mount => OlderMount(mount, version));
    }

    private static MountRequest OlderMount(MountRequest mount, ApiVersion version)
    {
        if (mount.Type == "image")
        {
            throw WharfException.Invalid("Mount type \"Image\" needs API v1.48 or newer");
        }

        if (version < Subpaths && !string.IsNullOrEmpty(mount.VolumeOptions?.Subpath))
        {
            throw WharfException.Invalid("VolumeOptions.Subpath needs API v1.45 or newer");
        }

        MountRequestBindOptions? bind = mount.BindOptions;
        if (version < ManyEndpoints && mount.Type == "bind")
        {
            if (bind is { ReadOnlyForceRecursive: true })
            {
                throw WharfException.Invalid("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
            }

            // read-only did not reach below the mount itself
            bind = mount.ReadOnly ? (bind ?? new MountRequestBindOptions()).With(changed => changed.ReadOnlyNonRecursive = true) : bind;
        }

        if (version >= StrictMounts)
        {
            return mount.With(changed => changed.BindOptions = bind);
        }

        bind = bind?.With(changed => { changed.CreateMountpoint = false; changed.NonRecursive = bind.NonRecursive && version >= PrivateIpc; });
        return mount.With(changed =>
        {
            changed.BindOptions = bind;
            changed.VolumeOptions = mount.Type == "volume" ? mount.VolumeOptions : null;
            changed.TmpfsOptions = mount.Type == "tmpfs" ? mount.TmpfsOptions : null;
        });
    }

    private static void MacAddress(ContainerCreateRequest request, HostConfig host, ApiVersion version, List<string> warnings)
    {
        bool perContainer = version < ManyEndpoints;
        if (string.IsNullOrEmpty(request.MacAddress))
        {
            foreach (EndpointSettings endpoint in perContainer ? Endpoints(request) : [])
            {
                endpoint.MacAddress = null;
            }

            return;
        }

        if (version >= MacAddressGone)
        {
            throw WharfException.Invalid("container-wide MAC address no longer supported; use endpoint-specific MAC address instead");
        }

        string mode = ModeOf(host);
        if (mode is "host" or "none" || mode.StartsWith("container:", StringComparison.Ordinal))
        {
            throw WharfException.Invalid("conflicting options: mac-address and the network mode");
        }

        EndpointSettings main = MainEndpoint(request, mode, perContainer);
        if (!perContainer)
        {
            if (!string.IsNullOrEmpty(main.MacAddress) && main.MacAddress != request.MacAddress)
            {
                throw WharfException.Invalid("the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty");
            }

            warnings.Add("The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.");
        }

        main.MacAddress = request.MacAddress;
        request.MacAddress = null;
    }

    // A setting of one interface cannot be made before there is an interface, so it goes with the endpoint.
    private static void InterfaceSysctls(ContainerCreateRequest request, HostConfig host, ApiVersion version, List<string> warnings)
    {
        string mode = ModeOf(host);
        string[] names = [.. (host.Sysctls ?? []).Keys.Where(OfInterface)];
        if (names.Length == 0 || mode == "host" || mode.StartsWith("container:", StringComparison.Ordinal))
        {
            return;
        }

        if (version >= ImageMounts)
        {
            throw WharfException.Invalid($"interface specific sysctl setting \"{names[0]}\" must be supplied using driver option '{EndpointSysctls}'");
        }

        if (Array.Find(names, name => name.Split('.')[3] != "eth0") is { } other)
        {
            throw WharfException.Invalid($"unable to determine network endpoint for sysctl {other}, use driver option '{EndpointSysctls}' to set per-interface sysctls");
        }

        EndpointSettings main = MainEndpoint(request, mode, version < ManyEndpoints);
        string moved = string.Join(',', names.Select(name => $"{name.Replace(".eth0.", ".IFNAME.", StringComparison.Ordinal)}={host.Sysctls![name]}"));
        warnings.Add($"Migrated sysctl \"{string.Join(',', names)}\" to DriverOpts{{\"{EndpointSysctls}\":\"{moved}\"}}.");
        string? given = main.DriverOpts?.GetValueOrDefault(EndpointSysctls);
        main.DriverOpts = new Dictionary<string, string>(main.DriverOpts ?? [], StringComparer.Ordinal) { [EndpointSysctls] = given is null ? moved : moved + "," + given };
        host.Sysctls = host.Sysctls!.Where(pair => !names.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
    }

    private static IEnumerable<EndpointSettings> Endpoints(ContainerCreateRequest request) =>
        (request.NetworkingConfig?.EndpointsConfig ?? []).Values.OfType<EndpointSettings>();

    private static bool OfInterface(string name) =>
        name.Split('.', 5) is ["net", _, _, var device, _] && device.StartsWith("eth", StringComparison.Ordinal);

    private static string ModeOf(HostConfig host) => string.IsNullOrEmpty(host.NetworkMode) ? "default" : host.NetworkMode;

    // "default" and "bridge" are two names of one network.
    private static EndpointSettings MainEndpoint(ContainerCreateRequest request, string mode, bool anyName)
    {
        request.NetworkingConfig ??= new NetworkingConfig();
        Dictionary<string, EndpointSettings> endpoints = request.NetworkingConfig.EndpointsConfig ??= [];
        string? key = endpoints.Keys.FirstOrDefault(name => anyName || name == mode || (name is "default" or "bridge" && mode is "default" or "bridge"));
        if (key is null && endpoints.Count > 0)
        {
            throw WharfException.Invalid("HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks");
        }

        key ??= mode;
        return endpoints[key] = endpoints.GetValueOrDefault(key) ?? new EndpointSettings();
    }
}
