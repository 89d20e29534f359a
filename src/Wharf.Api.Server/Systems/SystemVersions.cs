using Wharf.Api.System;
using Wharf.Api.Versions;

namespace Wharf.Api.Server.Systems;

/// <summary>What info and events looked like to older clients.</summary>
internal static class SystemVersions
{
    private static readonly ApiVersion EventLegacyGone = new(1, 52);
    private static readonly ApiVersion Nri = new(1, 53);
    private static readonly ApiVersion Devices = new(1, 50);
    private static readonly ApiVersion BridgeFilter = new(1, 50);
    private static readonly ApiVersion Firewall = new(1, 49);
    private static readonly ApiVersion Containerd = new(1, 46);
    private static readonly ApiVersion NonDistributable = new(1, 47);
    private static readonly ApiVersion CreatedImages = new(1, 46);
    private static readonly ApiVersion CdiDirectories = new(1, 44);
    private static readonly ApiVersion SecurityOptionsWithValues = new(1, 25);

    public static SystemInfo Of(SystemInfo info, ApiVersion version) => info.With(changed =>
    {
        changed.NRI = version < Nri ? null : info.NRI;
        changed.DiscoveredDevices = version < Devices ? null : info.DiscoveredDevices;
        changed.FirewallBackend = version < Firewall ? null : info.FirewallBackend;
        changed.Containerd = version < Containerd ? null : info.Containerd;
        changed.ContainerdCommit = Commit(info.ContainerdCommit, version);
        changed.RuncCommit = Commit(info.RuncCommit, version);
        changed.InitCommit = Commit(info.InitCommit, version);
        changed.Runtimes = version < CdiDirectories ? info.Runtimes?.ToDictionary(r => r.Key, r => r.Value.With(changed => changed.Status = null)) : info.Runtimes;
        changed.ExecutionDriver = version < SecurityOptionsWithValues ? "<not supported>" : null;
        changed.SecurityOptions = version < SecurityOptionsWithValues ? info.SecurityOptions?.ConvertAll(NameOf) : info.SecurityOptions;
        changed.RegistryConfig = version < NonDistributable && info.RegistryConfig is { } registries
            ? registries.With(changed => { changed.AllowNondistributableArtifactsCIDRs = []; changed.AllowNondistributableArtifactsHostnames = []; })
            : info.RegistryConfig;
        changed.CDISpecDirs = version < CdiDirectories ? null : info.CDISpecDirs;

        // Docker no longer looks either: whoever asks by the old API hears no.
        changed.BridgeNfIptables = version < BridgeFilter ? false : null;
        changed.BridgeNfIp6tables = version < BridgeFilter ? false : null;
    });

    /// <summary>Clients of before 1.46 take an image's event that they do not know for one that they do.</summary>
    public static bool Knows(EventMessage message, ApiVersion version) =>
        version >= CreatedImages || message is not { Type: "image", Action: "create" };

    private static CommitInfo? Commit(CommitInfo? commit, ApiVersion version) =>
        version < Firewall && commit is not null ? commit.With(changed => changed.Expected = commit.ID) : commit;

    // name=seccomp,profile=builtin
    private static string NameOf(string option) =>
        option.StartsWith("name=", StringComparison.Ordinal) ? option.Split(',')[0]["name=".Length..] : option;

    // Until 1.51 the events of containers and images said the same thing once more in three members of their own.
    public static EventMessage Of(EventMessage message, ApiVersion version) =>
        version >= EventLegacyGone || message.Type is not ("container" or "image")
            ? message
            : message.With(changed =>
            {
                changed.Status = message.Action;
                changed.Id = message.Actor?.ID;
                changed.From = message.Type == "container" ? message.Actor?.Attributes?.GetValueOrDefault("image") : null;
            });
}
