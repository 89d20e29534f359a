using System.Collections.Frozen;
using static Wharf.Daemon.Options.OptionKind;

namespace Wharf.Daemon.Options;

/// <summary>Every option that this daemon obeys, named as Docker's daemon names it, and the names of those that it knows and refuses.</summary>
internal static class OptionTable
{
    public static readonly IReadOnlyList<OptionSpec> All =
    [
        new("add-runtime", Map, "runtimes", "Register an additional OCI compatible runtime (name=path)") { Reloads = true },
        new("allow-direct-routing", Flag, "allow-direct-routing", "Allow remote access to published ports on container IP addresses"),
        new("bip", Text, "bip", "IPv4 address for the default bridge"),
        new("bip6", Text, "bip6", "IPv6 address for the default bridge"),
        new("bridge", Text, "bridge", "Attach containers to a network bridge") { Short = 'b' },
        new("cdi-spec-dir", List, "cdi-spec-dirs", "CDI specification directories to use (default /etc/cdi, /var/run/cdi)"),
        new("cgroup-parent", Text, "cgroup-parent", "Set parent cgroup for all containers"),
        new("compressed-layers", Text, "compressed-layers", "Compressed layers after unpacking: auto (kept unless they can be pulled again by anybody), keep, drop (default \"auto\")"),
        new("config-file", Text, null, "Daemon configuration file (default \"/etc/docker/daemon.json\")"),
        new("data-root", Text, "data-root", "Root directory of persistent state (default \"/var/lib/wharf\")"),
        new("debug", Flag, "debug", "Enable debug mode") { Short = 'D', Reloads = true },
        new("default-address-pool", List, "default-address-pools", "Default address pools for networks (base=CIDR,size=N)"),
        new("default-cgroupns-mode", Text, "default-cgroupns-mode", "Default mode for containers cgroup namespace (host | private)"),
        new("default-gateway", Text, "default-gateway", "Default gateway IPv4 address for the default bridge network"),
        new("default-gateway-v6", Text, "default-gateway-v6", "Default gateway IPv6 address for the default bridge network"),
        new("default-ipc-mode", Text, "default-ipc-mode", "Default mode for containers ipc (shareable | private)"),
        new("default-network-opt", List, "default-network-opts", "Default network options (driver=key=value)"),
        new("default-runtime", Text, "default-runtime", "Default OCI runtime for containers") { Reloads = true },
        new("default-shm-size", Text, "default-shm-size", "Default shm size for containers (default 64MiB)"),
        new("default-ulimit", List, "default-ulimits", "Default ulimits for containers (name=soft[:hard])"),
        new("dns", List, "dns", "DNS server to use"),
        new("dns-opt", List, "dns-opts", "DNS options to use"),
        new("dns-search", List, "dns-search", "DNS search domains to use"),
        new("exec-opt", List, "exec-opts", "Runtime execution options (native.cgroupdriver=cgroupfs)"),
        new("exec-root", Text, "exec-root", "Root directory for execution state files (default \"/var/run/wharf\")"),
        new("experimental", Flag, "experimental", "Enable experimental features"),
        new("feature", Map, "features", "Enable feature in the daemon (cdi=true | false, buildkit=false)") { Reloads = true },
        new("fixed-cidr", Text, "fixed-cidr", "IPv4 subnet for the default bridge network"),
        new("fixed-cidr-v6", Text, "fixed-cidr-v6", "IPv6 subnet for the default bridge network"),
        new("group", Text, "group", "Group for the unix socket (default \"docker\")") { Short = 'G' },
        new("help", Flag, null, "Print usage") { Short = 'h' },
        new("host", List, "hosts", "Daemon socket(s) to connect to") { Short = 'H' },
        new("host-gateway-ip", List, "host-gateway-ips", "IP addresses that the special 'host-gateway' string in --add-host resolves to"),
        new("http-proxy", Text, "http-proxy", "HTTP proxy URL to use for outgoing traffic"),
        new("https-proxy", Text, "https-proxy", "HTTPS proxy URL to use for outgoing traffic"),
        new("icc", Flag, "icc", "Enable inter-container communication for the default bridge network (default true)"),
        new("image-gc-high", Number, "image-gc-high", "Remove unused images when the data root's disk is fuller than this per cent"),
        new("image-gc-low", Number, "image-gc-low", "Stop removing unused images when it is emptier than this per cent (default 5 below image-gc-high)"),
        new("image-gc-min-age", Text, "image-gc-min-age", "Never remove images used more recently than this (default \"1h\")"),
        new("init", Flag, "init", "Run an init in the container to forward signals and reap processes"),
        new("insecure-registry", List, "insecure-registries", "Enable insecure registry communication") { Reloads = true },
        new("ip", Text, "ip", "Host IP for port publishing from the default bridge network (default 0.0.0.0)"),
        new("ip-forward", Flag, "ip-forward", "Enable IP forwarding in system configuration (default true)"),
        new("ip-forward-no-drop", Flag, "ip-forward-no-drop", "Do not keep the host from routing for others when enabling IP forwarding"),
        new("ip-masq", Flag, "ip-masq", "Enable IP masquerading for the default bridge network (default true)"),
        new("iptables", Flag, "iptables", "Enable addition of firewall rules (default true)"),
        new("ip6tables", Flag, "ip6tables", "Enable addition of IPv6 firewall rules (default: as iptables)"),
        new("ipv6", Flag, "ipv6", "Enable IPv6 networking for the default bridge network"),
        new("label", List, "labels", "Set key=value labels to the daemon") { Reloads = true },
        new("live-restore", Flag, "live-restore", "Containers run on when the daemon ends (default true); false stops them with it") { Reloads = true },
        new("log-driver", Text, "log-driver", "Default driver for container logs (default \"json-file\")"),
        new("log-format", Text, "log-format", "Set the logging format (text | json) (default \"text\")"),
        new("log-level", Text, "log-level", "Set the logging level (debug | info | warn | error | fatal) (default \"info\")") { Short = 'l', Reloads = true },
        new("log-opt", Map, "log-opts", "Default log driver options for containers"),
        new("max-concurrent-downloads", Number, "max-concurrent-downloads", "Set the max concurrent downloads (default 3)") { Reloads = true },
        new("max-concurrent-uploads", Number, "max-concurrent-uploads", "Set the max concurrent uploads (default 5)") { Reloads = true },
        new("max-download-attempts", Number, "max-download-attempts", "Set the max download attempts for each pull (default 5)") { Reloads = true },
        new("metrics-addr", Text, "metrics-addr", "Set default address and port to serve the metrics api on"),
        new("mirror", List, "mirrors", "Mirror of a registry or a prefix of names, tried before it (prefix=URL)"),
        new("mtu", Number, "mtu", "Set the MTU for the default bridge network"),
        new("no-new-privileges", Flag, "no-new-privileges", "Set no-new-privileges by default for new containers"),
        new("no-proxy", Text, "no-proxy", "Comma-separated list of hosts or IP addresses for which the proxy is skipped"),
        new("pidfile", Text, "pidfile", "Path to use for daemon PID file (default \"/var/run/wharf.pid\")") { Short = 'p' },
        new("registry-mirror", List, "registry-mirrors", "Preferred registry mirror") { Reloads = true },
        new("seccomp-profile", Text, "seccomp-profile", "Path to seccomp profile; \"unconfined\" disables the default one"),
        new("shim-path", Text, null, "Path of the wharf-shim program (default: beside this program)"),
        new("shutdown-timeout", Number, "shutdown-timeout", "Seconds that containers (without live-restore) and requests have after the daemon was told to stop (default 15)") { Reloads = true },
        new("storage-driver", Text, "storage-driver", "Storage driver to use") { Short = 's' },
        new("storage-opt", List, "storage-opts", "Storage driver options"),
        new("trust-policy", Text, "trust-policy", "Policy of images that may be pulled and run, as containers-policy.json(5) (default \"/etc/docker/policy.json\" if there is one)"),
        new("tls", Flag, "tls", "Use TLS; implied by --tlsverify; --tls=false allows plain TCP beyond loopback"),
        new("tlscacert", Text, "tlscacert", "Trust certs signed only by this CA"),
        new("tlscert", Text, "tlscert", "Path to TLS certificate file"),
        new("tlskey", Text, "tlskey", "Path to TLS key file"),
        new("tlsverify", Flag, "tlsverify", "Use TLS and verify the remote"),
        new("userland-proxy", Flag, "userland-proxy", "Reach published ports from loopback; the kernel and the engine do, with either value"),
        new("validate", Flag, null, "Validate daemon configuration and exit"),
        new("version", Flag, null, "Print version information and quit") { Short = 'v' },
    ];

    /// <summary>Options of Docker's daemon whose feature this build lacks: refused by name instead of as unknown.</summary>
    public static readonly FrozenSet<string> Unsupported = FrozenSet.Create(StringComparer.Ordinal,
        "authorization-plugin", "authorization-plugins", "bridge-accept-fwmark", "builder", 
        "containerd", "containerd-namespace", "containerd-plugins-namespace", "cpu-rt-period", "cpu-rt-runtime", "cri-containerd",
        "firewall-backend", "init-path", "min-api-version", "network-control-plane-mtu", "node-generic-resource", "node-generic-resources",
        "nri-opts", "oom-score-adjust", "raw-logs", "rootless", "selinux-enabled", "swarm-default-advertise-addr", "userland-proxy-path",
        "userns-remap");

    private static readonly FrozenDictionary<string, OptionSpec> ByName = All.ToFrozenDictionary(spec => spec.Name);
    private static readonly FrozenDictionary<char, OptionSpec> ByShort = All.Where(spec => spec.Short != 0).ToFrozenDictionary(spec => spec.Short);
    private static readonly FrozenDictionary<string, OptionSpec> ByKey = All.Where(spec => spec.Key is not null).ToFrozenDictionary(spec => spec.Key!);

    public static OptionSpec? Find(string name) => ByName.GetValueOrDefault(name);

    public static OptionSpec? FindShort(char letter) => ByShort.GetValueOrDefault(letter);

    public static OptionSpec? FindKey(string key) => ByKey.GetValueOrDefault(key);
}
