using System.Net;
using Wharf.Api.Containers;
using Wharf.Engine.Devices;
using Wharf.Engine.Launch;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Creation;

/// <summary>What a host configuration must keep to: namespaces, names, combinations. Resources and mounts have rules of their own.</summary>
internal static class HostRules
{
    public static void Check(HostConfig host, ContainerConfig config, EngineOptions options)
    {
        if (host.AutoRemove && !RestartRules.IsNone(host.RestartPolicy))
        {
            throw WharfException.Invalid("can't create 'AutoRemove' container with restart policy");
        }

        RestartRules.Check(host.RestartPolicy);
        CapabilityList.Check("CapAdd", host.CapAdd);
        CapabilityList.Check("CapDrop", host.CapDrop);
        SecurityOptions.Parse(host.SecurityOpt, options);
        if (host.Annotations?.ContainsKey("") == true)
        {
            throw WharfException.Invalid("invalid Annotations: the empty string is not permitted as an annotation key");
        }

        CheckModes(host);
        CheckNames(host);
        CheckNetwork(host, config);
        if (host.OomScoreAdj is < -1000 or > 1000)
        {
            throw WharfException.Invalid($"Invalid value {host.OomScoreAdj}, range for oom score adj is [-1000, 1000]");
        }

        if (host.ShmSize < 0)
        {
            throw WharfException.Invalid("SHM size can not be less than 0");
        }

        foreach (HostConfigUlimits limit in host.Ulimits ?? [])
        {
            _ = ResourceLimits.Parse(limit);
        }

        foreach ((string name, string value) in host.Sysctls ?? [])
        {
            SysctlRules.Check(name, value, host);
        }

        if (!string.IsNullOrEmpty(host.Isolation) && host.Isolation != "default")
        {
            throw WharfException.Invalid($"invalid isolation '{host.Isolation}': on linux only 'default' is supported");
        }

        _ = CdiDevices.Resolve(host.DeviceRequests, options.CdiFolders);
        if (host.Runtime is { Length: > 0 } runtime && !options.KnowsRuntime(runtime))
        {
            throw WharfException.Invalid($"unknown or invalid runtime name: {runtime}");
        }

        if (host.CpuCount != 0 || host.CpuPercent != 0 || host.IOMaximumIOps != 0 || host.IOMaximumBandwidth != 0)
        {
            throw WharfException.Invalid("invalid option: CpuCount, CpuPercent, IOMaximumIOps and IOMaximumBandwidth are for Windows");
        }
    }

    private static void CheckModes(HostConfig host)
    {
        if (!IsMode(host.IpcMode, "private", "shareable", "host", "none"))
        {
            throw WharfException.Invalid($"invalid IPC mode: {host.IpcMode}");
        }

        if (!IsMode(host.PidMode, "host"))
        {
            throw WharfException.Invalid($"invalid PID mode: {host.PidMode}");
        }

        if (host.UTSMode is not (null or "" or "host"))
        {
            throw WharfException.Invalid($"invalid UTS mode: {host.UTSMode}");
        }

        if (host.CgroupnsMode is not (null or "" or "private" or "host"))
        {
            throw WharfException.Invalid($"invalid cgroup namespace mode: {host.CgroupnsMode}");
        }

        if (host.UsernsMode is not (null or "" or "host"))
        {
            throw WharfException.Invalid($"invalid user namespace mode: {host.UsernsMode}");
        }

        if (!string.IsNullOrEmpty(host.Cgroup))
        {
            throw WharfException.Invalid($"invalid cgroup mode: {host.Cgroup}");
        }
    }

    // "container:" must be followed by something; a bare word must be one of the list.
    private static bool IsMode(string? mode, params ReadOnlySpan<string> words) =>
        string.IsNullOrEmpty(mode) || words.Contains(mode) || (mode.StartsWith("container:", StringComparison.Ordinal) && mode.Length > "container:".Length);

    private static void CheckNames(HostConfig host)
    {
        foreach (string line in host.ExtraHosts ?? [])
        {
            int separator = line.IndexOf(':');
            if (separator <= 0 || separator == line.Length - 1)
            {
                throw WharfException.Invalid($"bad format for add-host: \"{line}\"");
            }

            string address = line[(separator + 1)..].Trim('[', ']');
            if (address != "host-gateway" && !IPAddress.TryParse(address, out _))
            {
                throw WharfException.Invalid($"invalid IP address in add-host: \"{line[(separator + 1)..]}\"");
            }
        }

        foreach (string server in host.Dns ?? [])
        {
            if (!IPAddress.TryParse(server, out _))
            {
                throw WharfException.Invalid($"invalid IP address: {server}");
            }
        }
    }

    private static void CheckNetwork(HostConfig host, ContainerConfig config)
    {
        string mode = host.NetworkMode ?? "";
        bool shared = mode.StartsWith("container:", StringComparison.Ordinal), hosts = mode == "host";
        if (mode == "container" || (shared && mode.Length == "container:".Length))
        {
            throw WharfException.Invalid("invalid container format container:<name|id>");
        }

        Conflict(shared && !string.IsNullOrEmpty(config.Hostname), "hostname and the network mode");
        Conflict(host.UTSMode == "host" && !string.IsNullOrEmpty(config.Hostname), "hostname and the UTS mode");
        Conflict(shared && host.Links is { Count: > 0 }, "container type network can't be used with links. This would result in undefined behavior");
        Conflict(hosts && host.Links is { Count: > 0 }, "host type networking can't be used with links. This would result in undefined behavior");
        Conflict(shared && host.Dns is { Count: > 0 }, "dns and the network mode");
        Conflict(shared && host.ExtraHosts is { Count: > 0 }, "custom host-to-IP mapping and the network mode");
        Conflict(shared && (host.PortBindings is { Count: > 0 } || host.PublishAllPorts), "port publishing and the container type network mode");
        Conflict(shared && config.ExposedPorts is { Count: > 0 }, "port exposing and the container type network mode");
        foreach ((string port, List<PortBinding>? bindings) in host.PortBindings ?? [])
        {
            _ = Networks.PortSpecification.ParseBindings(port, bindings);
        }
    }

    private static void Conflict(bool condition, string what)
    {
        if (condition)
        {
            throw WharfException.Invalid("conflicting options: " + what);
        }
    }
}
