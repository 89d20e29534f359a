using Wharf.Api.Containers;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

internal static class RunCommand
{
    public static Command Definition => new("run", "Create and run a new container from an image")
    {
        Usage = "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        Aliases = ["container run", "run"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("add-host", ContainerFlags.ExtraHost, "Add a custom host-to-IP mapping (host:ip)"),
            new("annotation", FlagKind.Map, "Add an annotation to the container (passed through to the OCI runtime)"),
            new("attach", 'a', ContainerFlags.Attach, "Attach to STDIN, STDOUT or STDERR"),
            new("blkio-weight", FlagKind.Uint16, "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)"),
            new("blkio-weight-device", ContainerFlags.Weight, "Block IO weight (relative device weight)"),
            new("cap-add", FlagKind.List, "Add Linux capabilities"),
            new("cap-drop", FlagKind.List, "Drop Linux capabilities"),
            new("cgroup-parent", FlagKind.String, "Optional parent cgroup for the container"),
            new("cgroupns", FlagKind.String, "Cgroup namespace to use (host|private)\n'host':    Run the container in the Docker host's cgroup namespace\n'private': Run the container in its own private cgroup namespace\n'':        Use the cgroup namespace as configured by the\n           default-cgroupns-mode option on the daemon (default)"),
            new("cidfile", FlagKind.String, "Write the container ID to the file"),
            new("cpu-count", FlagKind.Int, "CPU count (Windows only)"),
            new("cpu-percent", FlagKind.Int, "CPU percent (Windows only)"),
            new("cpu-period", FlagKind.Int, "Limit CPU CFS (Completely Fair Scheduler) period"),
            new("cpu-quota", FlagKind.Int, "Limit CPU CFS (Completely Fair Scheduler) quota"),
            new("cpu-rt-period", FlagKind.Int, "Limit CPU real-time period in microseconds"),
            new("cpu-rt-runtime", FlagKind.Int, "Limit CPU real-time runtime in microseconds"),
            new("cpu-shares", 'c', FlagKind.Int, "CPU shares (relative weight)"),
            new("cpus", FlagKind.Decimal, "Number of CPUs"),
            new("cpuset-cpus", FlagKind.String, "CPUs in which to allow execution (0-3, 0,1)"),
            new("cpuset-mems", FlagKind.String, "MEMs in which to allow execution (0-3, 0,1)"),
            new("detach", 'd', FlagKind.Bool, "Run container in background and print container ID"),
            new("detach-keys", FlagKind.String, "Override the key sequence for detaching a container"),
            new("device", FlagKind.List, "Add a host device to the container"),
            new("device-cgroup-rule", ContainerFlags.CgroupRule, "Add a rule to the cgroup allowed devices list"),
            new("device-read-bps", ContainerFlags.Rate, "Limit read rate (bytes per second) from a device"),
            new("device-read-iops", ContainerFlags.IoRate, "Limit read rate (IO per second) from a device"),
            new("device-write-bps", ContainerFlags.Rate, "Limit write rate (bytes per second) to a device"),
            new("device-write-iops", ContainerFlags.IoRate, "Limit write rate (IO per second) to a device"),
            new("disable-content-trust", FlagKind.Bool, "Skip image verification", "true"),
            new("dns", ContainerFlags.Dns, "Set custom DNS servers"),
            new("dns-option", FlagKind.List, "Set DNS options"),
            new("dns-search", ContainerFlags.DnsSearch, "Set custom DNS search domains"),
            new("domainname", FlagKind.String, "Container NIS domain name"),
            new("entrypoint", FlagKind.String, "Overwrite the default ENTRYPOINT of the image"),
            new("env", 'e', ContainerFlags.Env, "Set environment variables"),
            new("env-file", FlagKind.List, "Read in a file of environment variables"),
            new("expose", FlagKind.List, "Expose a port or a range of ports"),
            new("gpus", ContainerFlags.Gpu, "GPU devices to add to the container ('all' to pass all GPUs)"),
            new("group-add", FlagKind.List, "Add additional groups to join"),
            new("health-cmd", FlagKind.String, "Command to run to check health"),
            new("health-interval", FlagKind.Duration, "Time between running the check (ms|s|m|h) (default 0s)"),
            new("health-retries", FlagKind.Int, "Consecutive failures needed to report unhealthy"),
            new("health-start-interval", FlagKind.Duration, "Time between running the check during the start period (ms|s|m|h) (default 0s)"),
            new("health-start-period", FlagKind.Duration, "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h) (default 0s)"),
            new("health-timeout", FlagKind.Duration, "Maximum time to allow one check to run (ms|s|m|h) (default 0s)"),
            new("help", FlagKind.Bool, "Print usage"),
            new("hostname", 'h', FlagKind.String, "Container host name"),
            new("init", FlagKind.Bool, "Run an init inside the container that forwards signals and reaps processes"),
            new("interactive", 'i', FlagKind.Bool, "Keep STDIN open even if not attached"),
            new("io-maxbandwidth", FlagKind.Bytes, "Maximum IO bandwidth limit for the system drive (Windows only)"),
            new("io-maxiops", FlagKind.Uint, "Maximum IOps limit for the system drive (Windows only)"),
            new("ip", FlagKind.String, "IPv4 address (e.g., 172.30.100.104)"),
            new("ip6", FlagKind.String, "IPv6 address (e.g., 2001:db8::33)"),
            new("ipc", FlagKind.String, "IPC mode to use"),
            new("isolation", FlagKind.String, "Container isolation technology"),
            new("kernel-memory", FlagKind.Bytes, "Kernel memory limit"),
            new("label", 'l', ContainerFlags.Label, "Set meta data on a container"),
            new("label-file", FlagKind.List, "Read in a line delimited file of labels"),
            new("link", ContainerFlags.Link, "Add link to another container"),
            new("link-local-ip", FlagKind.List, "Container IPv4/IPv6 link-local addresses"),
            new("log-driver", FlagKind.String, "Logging driver for the container"),
            new("log-opt", FlagKind.List, "Log driver options"),
            new("mac-address", FlagKind.String, "Container MAC address (e.g., 92:d0:c6:0a:29:33)"),
            new("memory", 'm', FlagKind.Bytes, "Memory limit"),
            new("memory-reservation", FlagKind.Bytes, "Memory soft limit"),
            new("memory-swap", FlagKind.SwapBytes, "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
            new("memory-swappiness", FlagKind.Int, "Tune container memory swappiness (0 to 100)", "-1"),
            new("mount", ContainerFlags.Mount, "Attach a filesystem mount to the container"),
            new("name", FlagKind.String, "Assign a name to the container"),
            new("network", ContainerFlags.Network, "Connect a container to a network"),
            new("net", ContainerFlags.Network, "Connect a container to a network") { IsHidden = true, SameAs = "network" },
            new("net-alias", FlagKind.List, "Add network-scoped alias for the container") { IsHidden = true, SameAs = "network-alias" },
            new("dns-opt", FlagKind.List, "Set DNS options") { IsHidden = true, SameAs = "dns-option" },
            new("network-alias", FlagKind.List, "Add network-scoped alias for the container"),
            new("no-healthcheck", FlagKind.Bool, "Disable any container-specified HEALTHCHECK"),
            new("oom-kill-disable", FlagKind.Bool, "Disable OOM Killer"),
            new("oom-score-adj", FlagKind.Int, "Tune host's OOM preferences (-1000 to 1000)"),
            new("pid", FlagKind.String, "PID namespace to use"),
            new("pids-limit", FlagKind.Int, "Tune container pids limit (set -1 for unlimited)"),
            new("platform", FlagKind.String, "Set platform if server is multi-platform capable"),
            new("privileged", FlagKind.Bool, "Give extended privileges to this container"),
            new("publish", 'p', FlagKind.List, "Publish a container's port(s) to the host"),
            new("publish-all", 'P', FlagKind.Bool, "Publish all exposed ports to random ports"),
            new("pull", FlagKind.String, "Pull image before running (\"always\", \"missing\", \"never\")", "missing"),
            new("quiet", 'q', FlagKind.Bool, "Suppress the pull output"),
            new("read-only", FlagKind.Bool, "Mount the container's root filesystem as read only"),
            new("restart", FlagKind.String, "Restart policy to apply when a container exits", "no"),
            new("rm", FlagKind.Bool, "Automatically remove the container and its associated anonymous volumes when it exits"),
            new("runtime", FlagKind.String, "Runtime to use for this container"),
            new("security-opt", FlagKind.List, "Security Options"),
            new("shm-size", FlagKind.Bytes, "Size of /dev/shm"),
            new("sig-proxy", FlagKind.Bool, "Proxy received signals to the process", "true"),
            new("stop-signal", FlagKind.String, "Signal to stop the container"),
            new("stop-timeout", FlagKind.Int, "Timeout (in seconds) to stop a container"),
            new("storage-opt", FlagKind.List, "Storage driver options for the container"),
            new("sysctl", FlagKind.Map, "Sysctl options"),
            new("tmpfs", FlagKind.List, "Mount a tmpfs directory"),
            new("tty", 't', FlagKind.Bool, "Allocate a pseudo-TTY"),
            new("ulimit", ContainerFlags.Ulimit, "Ulimit options"),
            new("use-api-socket", FlagKind.Bool, "Bind mount Docker API socket and required auth"),
            new("user", 'u', FlagKind.String, "Username or UID (format: <name|uid>[:<group|gid>])"),
            new("userns", FlagKind.String, "User namespace to use"),
            new("uts", FlagKind.String, "UTS namespace to use"),
            new("volume", 'v', FlagKind.List, "Bind mount a volume"),
            new("volume-driver", FlagKind.String, "Optional volume driver for the container"),
            new("volumes-from", FlagKind.List, "Mount volumes from the specified container(s)"),
            new("workdir", 'w', FlagKind.String, "Working directory inside the container"),
        ],
        FlagsAnywhere = false,
        Complete = Completion.Images,
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ContainerCreateRequest request = CreateRequest.Checked(call, "run");
        if (call.Bool("detach") && call.List("attach").Count > 0)
        {
            throw new CommandException("conflicting options: cannot specify both --attach and --detach");
        }

        try
        {
            if (call.Bool("detach"))
            {
                Detach(request);
            }
            else if (request.AttachStdin && request.Tty && !call.Cli.Terminal.InputIsTerminal)
            {
                call.Cli.Error.WriteLine("the input device is not a TTY");
                return 1;
            }

            string id = await ContainerCreator.CreateAsync(call, request, ct);
            return await new AttachedRun(call, request, id).StartAsync(ct);
        }
        catch (Exception e) when (e is WharfException or FormatException or CommandException { Message.Length: > 0 })
        {
            throw StartFailure.With(call, e, "run");
        }
    }

    private static void Detach(ContainerCreateRequest request)
    {
        request.AttachStdin = false;
        request.AttachStdout = false;
        request.AttachStderr = false;
        request.StdinOnce = false;
    }
}
