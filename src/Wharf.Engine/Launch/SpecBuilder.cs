using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Devices;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Engine.Launch;

/// <summary>Turns a container's configuration into an OCI runtime specification. A pure function of what it is given.</summary>
internal sealed class SpecBuilder(EngineOptions options, SeccompProfiles profiles)
{
    public const string DefaultCwd = "/";

    public RuntimeSpec Build(ContainerRecord record, LaunchFacts facts)
    {
        ContainerConfig config = record.Config;
        HostConfig host = record.HostConfig;
        (IReadOnlyList<LinuxDevice> devices, IReadOnlyList<LinuxDeviceRule> rules) = DeviceList.Of(host);
        CdiEdits edits = CdiDevices.Resolve(host.DeviceRequests, options.CdiFolders);
        bool ownHostname = host.UTSMode != "host";
        return new RuntimeSpec
        {
            // No path: the shim mounts the file system where only the container sees it.
            Root = new RootSpec { Path = "", Readonly = host.ReadonlyRootfs },
            Hostname = ownHostname ? config.Hostname : null,
            Domainname = ownHostname && !string.IsNullOrEmpty(config.Domainname) ? config.Domainname : null,
            Process = Process(record, facts, edits),
            Mounts = [.. facts.Mounts, .. edits.Mounts],
            Annotations = host.Annotations,
            Hooks = edits.HooksOfSpec(),
            Linux = new LinuxSpec
            {
                Namespaces = facts.Namespaces,
                CgroupsPath = CgroupPath(record, options),
                Resources = ResourceSpec.Of(host, [.. rules, .. edits.Rules]),
                Devices = [.. devices, .. edits.Nodes.Select(n => OfUser(n, facts.User))],
                Seccomp = Seccomp(host, Capabilities(host)),
                Sysctl = Sysctls(host),
                MaskedPaths = host.MaskedPaths,
                ReadonlyPaths = host.ReadonlyPaths,
                RootfsPropagation = Propagation(record),
            },
        };
    }

    public static string CgroupPath(ContainerRecord record, EngineOptions options)
    {
        string parent = string.IsNullOrEmpty(record.HostConfig.CgroupParent) ? options.CgroupParent : record.HostConfig.CgroupParent;
        return PathPattern.Clean($"/{parent}/{record.Id}");
    }

    /// <summary>What a process of the container may hold.</summary>
    public static IReadOnlyList<string> Capabilities(HostConfig host) => CapabilityList.Of(host.CapAdd, host.CapDrop, host.Privileged);

    public LinuxSeccomp? Seccomp(HostConfig host, IReadOnlyList<string> capabilities)
    {
        string? profile = SecurityOptions.Parse(host.SecurityOpt, options).Seccomp;
        profile ??= host.Privileged ? "unconfined" : options.SeccompProfile;
        return profile == "unconfined" ? null : profiles.Resolve(profile, capabilities);
    }

    public static CapabilitySets Sets(IReadOnlyList<string> capabilities) =>
        new() { Bounding = capabilities, Effective = capabilities, Permitted = capabilities };

    private ProcessSpec Process(ContainerRecord record, LaunchFacts facts, CdiEdits edits)
    {
        ContainerConfig config = record.Config;
        HostConfig host = record.HostConfig;
        return new ProcessSpec
        {
            Terminal = config.Tty,
            ConsoleSize = config.Tty && host.ConsoleSize is [> 0 and var height, > 0 and var width] ? new ConsoleSize { Height = (ulong)height, Width = (ulong)width } : null,
            Args = [.. config.Entrypoint ?? [], .. config.Cmd ?? []],
            Cwd = string.IsNullOrEmpty(config.WorkingDir) ? DefaultCwd : config.WorkingDir,
            Env = ProcessEnvironment.Build(config.Hostname ?? "", config.Tty, facts.LinkEnvironment, [.. config.Env ?? [], .. edits.Environment, .. facts.SecretEnvironment], facts.User.Home),
            User = new UserSpec { Uid = facts.User.Uid, Gid = facts.User.Gid, AdditionalGids = [.. facts.User.Groups, .. edits.Groups] },
            Capabilities = Sets(Capabilities(host)),
            NoNewPrivileges = SecurityOptions.Parse(host.SecurityOpt, options).NoNewPrivileges,
            Rlimits = ResourceLimits.Merge(host.Ulimits, options.Ulimits),
            OomScoreAdj = (int)host.OomScoreAdj,
        };
    }

    // A driver's device is for the container's user where its file does not say otherwise.
    private static LinuxDevice OfUser(LinuxDevice node, ResolvedUser user) => node with
    {
        Uid = node.Uid ?? (user.Uid > 0 ? user.Uid : null),
        Gid = node.Gid ?? (user.Gid > 0 ? user.Gid : null),
    };

    private static Dictionary<string, string> Sysctls(HostConfig host)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (host.NetworkMode != "host" && !NamespaceList.IsShared(host.NetworkMode) && !host.Privileged)
        {
            // A container's own network is its own: it may listen on low ports and ping without a capability.
            settings["net.ipv4.ip_unprivileged_port_start"] = "0";
            settings["net.ipv4.ping_group_range"] = "0 2147483647";
        }

        foreach ((string name, string value) in host.Sysctls ?? [])
        {
            settings[name] = value;
        }

        return settings;
    }

    private static string? Propagation(ContainerRecord record)
    {
        bool shared = record.Definition.Mounts.Exists(m => m.Propagation is "shared" or "rshared");
        bool slave = record.Definition.Mounts.Exists(m => m.Propagation is "slave" or "rslave");
        return shared ? "shared" : slave ? "slave" : null;
    }
}

/// <summary>What a start found out for the specification.</summary>
internal sealed record LaunchFacts
{
    public required ResolvedUser User { get; init; }

    public required IReadOnlyList<LinuxNamespace> Namespaces { get; init; }

    public required IReadOnlyList<MountSpec> Mounts { get; init; }

    public IReadOnlyList<string> LinkEnvironment { get; init; } = [];

    /// <summary>What no record of the container may hold.</summary>
    public IReadOnlyList<string> SecretEnvironment { get; init; } = [];
}
