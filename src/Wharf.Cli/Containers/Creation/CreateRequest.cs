using Wharf.Api.Containers;
using Wharf.Api.Networks;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;

namespace Wharf.Cli.Containers.Creation;

/// <summary>
/// From the flags of <c>create</c> and <c>run</c> to the body of the request. The order of the checks is Docker's, so that of two
/// mistakes the same one is named first.
/// </summary>
internal static class CreateRequest
{
    /// <summary>As <see cref="From"/>; a mistake ends the command with 125 and the hint to its help.</summary>
    public static ContainerCreateRequest Checked(Invocation call, string verb)
    {
        try
        {
            ContainerCreator.CheckPull(call);
            return From(call);
        }
        catch (Exception e) when (e is FormatException or CommandException)
        {
            throw StartFailure.With(call, e, verb, StartFailure.EngineFailed);
        }
    }

    public static ContainerCreateRequest From(Invocation call)
    {
        string mac = call.String("mac-address").Trim();
        if (mac.Length > 0 && !IsMac(mac))
        {
            throw new CommandException($"{mac} is not a valid mac address");
        }

        long swappiness = call.Int("memory-swappiness");
        if (swappiness is < -1 or > 100)
        {
            throw new CommandException($"invalid value: {swappiness}. Valid memory swappiness range is 0-100");
        }

        if (call.List("mount").Count > 0 && call.IsSet("volume-driver"))
        {
            call.Cli.Error.WriteLine("`--volume-driver` is ignored for volumes specified via `--mount`. Use `--mount type=volume,volume-driver=...` instead.");
        }

        var host = new HostConfig { MemorySwappiness = swappiness };
        var request = new ContainerCreateRequest { HostConfig = host };
        ApplyVolumes(call, request, host);
        ApplyProcess(call, request);
        PortSpecs ports = PortSpecs.Parse(call.List("publish"), call.List("expose"));
        request.ExposedPorts = ports.Exposed;
        host.PortBindings = ports.Bindings;
        host.PublishAllPorts = call.Bool("publish-all");
        ApplyDevices(call, host);
        request.Env = [.. Proxies(call), .. EnvFiles.Environment(call.List("env-file"), call.List("env"), call.Cli.EnvRaw)];
        request.Labels = KeyValues.ToMap(EnvFiles.Labels(call.List("label-file"), call.List("label")));
        ApplyNamespaces(call, host);
        host.RestartPolicy = RestartPolicies.Parse(call.String("restart"));
        ApplyLogging(call, host);
        ApplySecurity(call, host);
        request.Healthcheck = HealthSpec.From(call);
        Resources.Apply(call, host);
        ApplyRest(call, request, host);
        request.NetworkingConfig = NetworkAttachments.From(call, host, mac);
        return request;
    }

    // What the command line says of a variable goes before the proxies of the configuration.
    private static IEnumerable<string> Proxies(Invocation call)
    {
        HashSet<string> given = [.. call.List("env").Select(e => e.Split('=', 2)[0])];
        return ProxySettings.For(call.Cli.Config, call.Cli.HostText).Where(p => !given.Contains(p.Name)).Select(p => $"{p.Name}={p.Value}");
    }

    private static void ApplyVolumes(Invocation call, ContainerCreateRequest request, HostConfig host)
    {
        host.Mounts = call.List("mount").Count > 0 ? [.. call.List("mount").Select(MountSpec.Parse)] : null;
        foreach (string volume in call.List("volume"))
        {
            if (VolumeSpec.ToBind(volume) is { } bind)
            {
                (host.Binds ??= []).Add(bind);
            }
            else
            {
                (request.Volumes ??= [])[volume] = EmptyObject.Instance;
            }
        }

        foreach (string tmpfs in call.List("tmpfs"))
        {
            int colon = tmpfs.IndexOf(':');
            (host.Tmpfs ??= [])[colon < 0 ? tmpfs : tmpfs[..colon]] = colon < 0 ? "" : tmpfs[(colon + 1)..];
        }

        host.VolumesFrom = OrNull(call.List("volumes-from"));
        host.VolumeDriver = call.String("volume-driver");
    }

    private static void ApplyProcess(Invocation call, ContainerCreateRequest request)
    {
        IReadOnlyList<string> attach = call.List("attach");
        bool all = attach.Count == 0;
        request.AttachStdin = call.Bool("interactive") && all || attach.Contains("stdin");
        request.AttachStdout = all || attach.Contains("stdout");
        request.AttachStderr = all || attach.Contains("stderr");
        request.OpenStdin = call.Bool("interactive");
        request.StdinOnce = request.OpenStdin && request.AttachStdin;
        request.Tty = call.Bool("tty");
        if (call.Bool("use-api-socket"))
        {
            throw new CommandException("--use-api-socket is not supported by this client: mount the socket with -v /var/run/docker.sock:/var/run/docker.sock");
        }

        request.Image = call.Arguments[0];
        request.Cmd = call.Arguments.Count > 1 ? [.. call.Arguments.Skip(1)] : null;
        request.Entrypoint = call.IsSet("entrypoint") ? [call.String("entrypoint")] : null;
        request.Hostname = call.String("hostname");
        request.Domainname = call.String("domainname");
        request.User = call.String("user");
        request.WorkingDir = call.String("workdir");
        request.StopSignal = call.IsSet("stop-signal") ? call.String("stop-signal") : null;
        request.StopTimeout = call.IsSet("stop-timeout") ? call.Int("stop-timeout") : null;
    }

    private static void ApplyDevices(Invocation call, HostConfig host)
    {
        var cdi = new List<string>();
        host.Devices = [];
        foreach (string device in call.List("device"))
        {
            DeviceSpec.Validate(device);
            if (DeviceSpec.IsCdi(device))
            {
                cdi.Add(device);
            }
            else
            {
                host.Devices.Add(DeviceSpec.Parse(device));
            }
        }

        host.DeviceCgroupRules = OrNull(call.List("device-cgroup-rule"));
        foreach (string gpu in call.List("gpus"))
        {
            (host.DeviceRequests ??= []).Add(GpuSpec.Parse(gpu));
        }

        if (cdi.Count > 0)
        {
            (host.DeviceRequests ??= []).Add(new DeviceRequest { Driver = "cdi", DeviceIDs = cdi });
        }
    }

    private static void ApplyNamespaces(Invocation call, HostConfig host)
    {
        host.PidMode = call.String("pid");
        Check(host.PidMode is "" or "host" || IsContainerMode(host.PidMode), "--pid: invalid PID mode");
        host.UTSMode = call.String("uts");
        Check(host.UTSMode is "" or "host", "--uts: invalid UTS mode");
        host.UsernsMode = call.String("userns");
        Check(host.UsernsMode is "" or "host", "--userns: invalid USER mode");
        host.CgroupnsMode = call.String("cgroupns");
        Check(host.CgroupnsMode is "" or "host" or "private", "--cgroupns: invalid CGROUP mode");
        host.IpcMode = call.String("ipc");
    }

    private static void ApplyLogging(Invocation call, HostConfig host)
    {
        Dictionary<string, string> options = KeyValues.ToMap(call.List("log-opt"));
        string driver = call.String("log-driver");
        Check(driver != "none" || options.Count == 0, "invalid logging opts for driver none");
        host.LogConfig = new HostConfigLogConfig { Type = driver, Config = options };
    }

    private static void ApplySecurity(Invocation call, HostConfig host)
    {
        SecurityOptions.Parsed security = SecurityOptions.Parse(call.List("security-opt"));
        host.SecurityOpt = OrNull(security.Options);
        host.MaskedPaths = security.MaskedPaths;
        host.ReadonlyPaths = security.ReadonlyPaths;
        foreach (string option in call.List("storage-opt"))
        {
            int equals = option.IndexOf('=');
            Check(equals >= 0, "invalid storage option");
            (host.StorageOpt ??= [])[option[..equals]] = option[(equals + 1)..];
        }
    }

    private static void ApplyRest(Invocation call, ContainerCreateRequest request, HostConfig host)
    {
        host.AutoRemove = call.Bool("rm");
        Check(!host.AutoRemove || host.RestartPolicy!.Name is "" or "no", "conflicting options: cannot specify both --restart and --rm");
        host.ContainerIDFile = call.String("cidfile");
        host.Privileged = call.Bool("privileged");
        host.ReadonlyRootfs = call.Bool("read-only");
        host.Init = call.IsSet("init") ? call.Bool("init") : null;
        (host.CapAdd, host.CapDrop) = CapabilityFlags.Effective(call.List("cap-add"), call.List("cap-drop"));
        host.GroupAdd = OrNull(call.List("group-add"));
        host.Dns = OrNull(call.List("dns")) ?? [];
        host.DnsOptions = OrNull(call.List("dns-option")) ?? [];
        host.DnsSearch = OrNull(call.List("dns-search")) ?? [];
        host.ExtraHosts = OrNull(call.List("add-host"));
        host.Sysctls = call.List("sysctl").Count > 0 ? KeyValues.ToMap(call.List("sysctl")) : null;
        host.Annotations = call.List("annotation").Count > 0 ? KeyValues.ToMap(call.List("annotation")) : null;
        host.Runtime = call.String("runtime");
        host.Isolation = call.String("isolation");
        host.CgroupParent = call.String("cgroup-parent");
        host.OomScoreAdj = call.Int("oom-score-adj");
        host.ConsoleSize = call.Cli.Terminal.Size is { } size && request.Tty ? [size.Rows, size.Columns] : [0, 0];
    }

    internal static List<T>? OrNull<T>(IReadOnlyList<T> values) => values.Count > 0 ? [.. values] : null;

    private static bool IsContainerMode(string mode) => mode.StartsWith("container:", StringComparison.Ordinal) && mode.Length > "container:".Length;

    private static void Check(bool condition, string message)
    {
        if (!condition)
        {
            throw new CommandException(message);
        }
    }

    private static bool IsMac(string text)
    {
        string[] parts = text.Split(text.Contains(':') ? ':' : '-');
        return parts.Length == 6 && parts.All(p => p.Length == 2 && p.All(char.IsAsciiHexDigit));
    }
}
