using System.Net;
using Microsoft.Extensions.Logging;
using Wharf.Api.Containers;
using Wharf.Api.Server.Listening;
using Wharf.Engine;
using Wharf.Images;
using Wharf.Images.Maintenance;
using Wharf.Images.Transfers;
using Wharf.Images.Trust;
using Wharf.Network;
using Wharf.Network.Addressing;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Daemon.Options;

/// <summary>From values as they were written to the settings of each room; refuses what cannot be obeyed.</summary>
internal static class OptionsBinder
{
    private const string DefaultCertificateFolder = ".docker";

    public static DaemonOptions Bind(OptionValues values, string version)
    {
        RefuseTheImpossible(values);
        string dataRoot = Path.GetFullPath(values.Text("data-root") ?? DaemonOptions.DefaultDataRoot);
        string execRoot = Path.GetFullPath(values.Text("exec-root") ?? DaemonOptions.DefaultExecRoot);
        bool verify = values.Flag("tlsverify");
        bool tls = values.Flag("tls", verify) || verify;
        return new DaemonOptions
        {
            DataRoot = dataRoot,
            ExecRoot = execRoot,
            PidFile = Path.GetFullPath(values.Text("pidfile") ?? DaemonOptions.DefaultPidFile),
            ShimPath = Path.GetFullPath(values.Text("shim-path") ?? Path.Combine(AppContext.BaseDirectory, "wharf-shim")),
            Group = values.Text("group") ?? "docker",
            Hosts = Hosts(values, tls),
            Tls = tls ? Certificates(values, verify) : null,
            AllowPlainTcp = (values.Has("tls") && !values.Flag("tls")) || (values.Has("tlsverify") && !verify),
            Debug = values.Flag("debug"),
            Experimental = values.Flag("experimental"),
            LogLevel = values.Flag("debug") ? LogLevel.Debug : Level(values.Text("log-level") ?? "info"),
            LogAsJson = LogFormat(values),
            ShutdownTimeout = TimeSpan.FromSeconds(values.Number("shutdown-timeout", 15)),
            Metrics = values.Text("metrics-addr") is string metrics ? MetricsAddress(metrics) : null,
            Engine = Engine(values, dataRoot, execRoot),
            Images = Images(values, dataRoot, version),
            Network = Network(values, execRoot),
        };
    }

    private static void RefuseTheImpossible(OptionValues values)
    {
        foreach ((string feature, string value) in Features(values))
        {
            // Without BuildKit and without containerd is how this engine is: to ask for that is no mistake.
            bool known = feature == "cdi" || (feature is "buildkit" or "containerd-snapshotter" && value == "false");
            if (!known || !bool.TryParse(value, out _))
            {
                throw WharfException.Unsupported($"feature {feature}={value} is not supported: cdi=true and cdi=false are");
            }
        }

        if (!values.Flag("icc", otherwise: true) && !values.Flag("iptables", otherwise: true))
        {
            throw WharfException.Invalid("You specified --iptables=false with --icc=false. ICC=false uses iptables to function. Please set --icc or --iptables to true");
        }

        // What Docker's proxy is for, the kernel and the relay of published ports do with either value; only what is no boolean is wrong.
        _ = values.Flag("userland-proxy");
        foreach (string option in values.List("exec-opt"))
        {
            if (option != "native.cgroupdriver=cgroupfs")
            {
                throw WharfException.Unsupported($"exec-opt {option} is not supported: only native.cgroupdriver=cgroupfs is");
            }
        }
    }

    // "--feature cdi" is short for "--feature cdi=true".
    private static Dictionary<string, string> Features(OptionValues values)
    {
        var features = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in values.List("feature"))
        {
            string[] pair = text.Split('=', 2);
            features[pair[0]] = pair.Length == 2 ? pair[1] : "true";
        }

        return features;
    }

    private static IReadOnlyList<ListenAddress> Hosts(OptionValues values, bool tls)
    {
        IReadOnlyList<string> hosts = values.List("host");
        return hosts.Count == 0
            ? [new ListenAddress.Unix(ListenAddress.DefaultUnixPath)]
            : [.. hosts.Select(host => ListenAddress.Parse(host, tls))];
    }

    private static TlsFiles Certificates(OptionValues values, bool verify)
    {
        string folder = Environment.GetEnvironmentVariable("DOCKER_CERT_PATH")
            ?? Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/root", DefaultCertificateFolder);
        string Default(string option, string file) => values.Text(option) ?? Path.Combine(folder, file);
        return new TlsFiles(Default("tlscert", "cert.pem"), Default("tlskey", "key.pem"), verify ? Default("tlscacert", "ca.pem") : null);
    }

    private static LogLevel Level(string text) => text switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" or "panic" => LogLevel.Critical,
        _ => throw WharfException.Invalid($"unable to parse logging level: {text}"),
    };

    private static bool LogFormat(OptionValues values) => values.Text("log-format") switch
    {
        null or "text" => false,
        "json" => true,
        string other => throw WharfException.Invalid($"unknown log format: {other}"),
    };

    private static EngineOptions Engine(OptionValues values, string dataRoot, string execRoot)
    {
        var defaults = new EngineOptions { DataRoot = dataRoot, ExecRoot = execRoot };
        EngineOptions options = defaults with
        {
            CgroupParent = values.Text("cgroup-parent") ?? defaults.CgroupParent,
            LogDriver = values.Text("log-driver") ?? defaults.LogDriver,
            LogOptions = values.Map("log-opt"),
            ShmSize = values.Parsed<long>("default-shm-size", ByteCount.TryParse) ?? defaults.ShmSize,
            Init = values.Flag("init"),
            NoNewPrivileges = values.Flag("no-new-privileges"),
            IpcMode = OneOf(values, "default-ipc-mode", defaults.IpcMode, "private", "shareable"),
            CgroupNamespaceMode = OneOf(values, "default-cgroupns-mode", defaults.CgroupNamespaceMode, "private", "host"),
            Ulimits = [.. values.List("default-ulimit").Select(Limit)],
            SeccompProfile = Seccomp(values.Text("seccomp-profile")),
            DefaultRuntime = values.Text("default-runtime") ?? defaults.DefaultRuntime,
            Runtimes = values.Map("add-runtime").ToDictionary(pair => pair.Key, pair => Runtime(pair.Value)),
            Labels = Labels(values.List("label")),
            LiveRestore = values.Flag("live-restore", otherwise: true),
            CdiFolders = Features(values).GetValueOrDefault("cdi") == "false" ? []
                : values.Has("cdi-spec-dir") ? [.. values.List("cdi-spec-dir").Where(folder => folder.Length > 0)]
                : defaults.CdiFolders,
            ShutdownTimeout = values.Number("shutdown-timeout", defaults.ShutdownTimeout),
        };
        options.Check();
        return options;
    }

    // The same label twice is one; two values of it contradict each other.
    private static List<string> Labels(IEnumerable<string> texts)
    {
        var labels = new List<string>();
        foreach (string text in texts)
        {
            string name = text.IndexOf('=') is > 0 and var equals ? text[..(equals + 1)] : throw OptionValues.Invalid("label", text, $"bad attribute format: {text}");
            string? other = labels.Find(label => label.StartsWith(name, StringComparison.Ordinal));
            if (other is not null && other != text)
            {
                throw WharfException.Invalid($"conflict labels for {other} and {text}");
            }

            if (other is null)
            {
                labels.Add(text);
            }
        }

        return labels;
    }

    private static IPEndPoint MetricsAddress(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? address) && address.Port > 0 ? address : throw OptionValues.Invalid("metrics-addr", text, "must be IP:PORT");

    private static string OneOf(OptionValues values, string name, string otherwise, params ReadOnlySpan<string> allowed) =>
        values.Text(name) is not string text ? otherwise
        : allowed.Contains(text) ? text
        : throw OptionValues.Invalid(name, text, $"must be one of {string.Join(", ", allowed.ToArray())}");

    private static string? Seccomp(string? path) => path is null or "unconfined" ? path : path == "builtin" ? null : File.ReadAllText(path);

    private static RuntimeProgram Runtime(string text)
    {
        string[] words = text.Split(ConfigValue.RuntimeSeparator);
        return new RuntimeProgram(words[0], words[1..]);
    }

    private static HostConfigUlimits Limit(string text)
    {
        string[] parts = text.Split('=', 2);
        string[] numbers = parts.Length == 2 ? parts[1].Split(':') : [];
        if (numbers.Length is 0 or > 2 || !long.TryParse(numbers[0], out long soft) || !long.TryParse(numbers[^1], out long hard))
        {
            throw OptionValues.Invalid("default-ulimit", text, "must be name=soft[:hard]");
        }

        return soft > hard && hard >= 0
            ? throw OptionValues.Invalid("default-ulimit", text, $"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}")
            : new HostConfigUlimits { Name = parts[0], Soft = soft, Hard = hard };
    }

    private static ImageServiceOptions Images(OptionValues values, string dataRoot, string version)
    {
        var defaults = new ImageServiceOptions { DataRoot = dataRoot };
        return defaults with
        {
            StorageDriver = values.Text("storage-driver"),
            StorageOptions = values.List("storage-opt"),
            Registries = Registries(values),
            MaxConcurrentDownloads = values.Number("max-concurrent-downloads", defaults.MaxConcurrentDownloads),
            MaxConcurrentUploads = values.Number("max-concurrent-uploads", defaults.MaxConcurrentUploads),
            MaxDownloadAttempts = values.Number("max-download-attempts", defaults.MaxDownloadAttempts),
            CompressedLayers = values.Text("compressed-layers") switch
            {
                null or "auto" => CompressedLayers.Auto,
                "keep" => CompressedLayers.Keep,
                "drop" => CompressedLayers.Drop,
                string other => throw OptionValues.Invalid("compressed-layers", other, "must be auto, keep or drop"),
            },
            Gc = Gc(values),
            Trust = values.Text("trust-policy") is { } policy ? TrustPolicy.Load(policy) : File.Exists(TrustPolicy.DefaultPath) ? TrustPolicy.Load(TrustPolicy.DefaultPath) : null,
            EngineVersion = version,
        };
    }

    private static ImageGcPolicy? Gc(OptionValues values)
    {
        if (!values.Has("image-gc-high"))
        {
            string? alone = values.Has("image-gc-low") ? "image-gc-low" : values.Has("image-gc-min-age") ? "image-gc-min-age" : null;
            return alone is null ? null : throw OptionValues.Invalid(alone, values.Text(alone) ?? "", "needs image-gc-high");
        }

        var defaults = new ImageGcPolicy();
        int high = values.Number("image-gc-high", defaults.HighPercent);
        var policy = new ImageGcPolicy
        {
            HighPercent = high,
            LowPercent = values.Number("image-gc-low", Math.Max(0, high - 5)),
            MinimumAge = values.Parsed("image-gc-min-age", (string? text, out TimeSpan age) => GoDuration.TryParse(text ?? "", out age)) ?? defaults.MinimumAge,
        };
        string problems = string.Join("; ", policy.Problems());
        return problems.Length == 0 ? policy : throw WharfException.Invalid(problems);
    }

    private static Dictionary<string, IReadOnlyList<string>> PrefixMirrors(OptionValues values)
    {
        var mirrors = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (string rule in values.List("mirror"))
        {
            int equals = rule.IndexOf('=', StringComparison.Ordinal);
            string prefix = equals > 0 ? rule[..equals].TrimEnd('/') : throw OptionValues.Invalid("mirror", rule, "must be prefix=URL");
            mirrors[prefix] = [.. mirrors.GetValueOrDefault(prefix, []), rule[(equals + 1)..]];
        }

        return mirrors;
    }

    public static RegistryOptions Registries(OptionValues values)
    {
        var registries = new RegistryOptions
        {
            Insecure = values.List("insecure-registry"),
            Mirrors = values.List("registry-mirror"),
            PrefixMirrors = PrefixMirrors(values),
            HttpProxy = values.Text("http-proxy") ?? Environment.GetEnvironmentVariable("HTTP_PROXY"),
            HttpsProxy = values.Text("https-proxy") ?? Environment.GetEnvironmentVariable("HTTPS_PROXY"),
            NoProxy = values.Text("no-proxy") ?? Environment.GetEnvironmentVariable("NO_PROXY"),
        };
        string problems = string.Join("; ", registries.Problems());
        return problems.Length == 0 ? registries : throw WharfException.Invalid(problems);
    }

    private static NetworkOptions Network(OptionValues values, string execRoot)
    {
        var defaults = new NetworkOptions { ExecRoot = execRoot };
        return defaults with
        {
            Bridge = values.Text("bridge") ?? defaults.Bridge,

            // Daemons on one host have bridges of their own, and so tables of their own.
            FirewallTable = values.Text("bridge") is { } bridge && bridge != defaults.Bridge ? $"{defaults.FirewallTable}-{bridge}" : defaults.FirewallTable,
            BridgeAddress = values.Parsed<InterfaceAddress>("bip", InterfaceAddress.TryParse),
            BridgeAddressIPv6 = values.Parsed<InterfaceAddress>("bip6", InterfaceAddress.TryParse),
            FixedRange = values.Parsed<Subnet>("fixed-cidr", Subnet.TryParse) ?? default,
            FixedRangeIPv6 = values.Parsed<Subnet>("fixed-cidr-v6", Subnet.TryParse) ?? default,
            DefaultGateway = values.Text("default-gateway") is string gateway ? Address("default-gateway", gateway) : null,
            DefaultGatewayIPv6 = values.Text("default-gateway-v6") is string gateway6 ? Address("default-gateway-v6", gateway6) : null,
            DefaultBinding = values.Text("ip") is string ip ? Address("ip", ip) : defaults.DefaultBinding,
            InterContainer = values.Flag("icc", otherwise: true),
            DirectRouting = values.Flag("allow-direct-routing"),
            RouteForOthers = values.Flag("ip-forward-no-drop"),
            IpForward = values.Flag("ip-forward", otherwise: true),
            Masquerade = values.Flag("ip-masq", otherwise: true),
            Firewall = values.Flag("iptables", otherwise: true),
            FirewallIPv6 = values.Flag("ip6tables", values.Flag("iptables", otherwise: true)),
            IPv6 = values.Flag("ipv6"),
            Mtu = values.Number("mtu", 0),
            AddressPools = [.. values.List("default-address-pool").Select(Pool)],
            DriverOptions = [.. values.List("default-network-opt").Select(DriverOption)],
            Dns = new DnsSettings
            {
                Servers = [.. values.List("dns").Select(server => Address("dns", server))],
                Search = values.List("dns-search"),
                Options = values.List("dns-opt"),
            },
            HostGateway = [.. values.List("host-gateway-ip").Select(address => Address("host-gateway-ip", address))],
        };
    }

    // .NET takes 1.2.3 for 1.2.0.3, as inet_aton(3) does; people mistype it.
    private static IPAddress Address(string name, string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':') || text.Count(c => c == '.') == 3) ? address : throw OptionValues.Invalid(name, text, "not an IP address");

    private static NetworkDriverOption DriverOption(string text) =>
        text.Split('=', 3) is [{ Length: > 0 } driver, { Length: > 0 } key, string value]
            ? new NetworkDriverOption(driver, key, value)
            : throw OptionValues.Invalid("default-network-opt", text, "must be driver=key=value");

    private static AddressPoolSource Pool(string text)
    {
        Subnet? subnet = null;
        int size = 0;
        foreach (string field in text.Split(','))
        {
            string[] pair = field.Split('=', 2);
            bool read = pair.Length == 2 && pair[0] switch
            {
                "base" => Subnet.TryParse(pair[1], out Subnet parsed) && (subnet = parsed) is not null,
                "size" => int.TryParse(pair[1], out size),
                _ => false,
            };
            if (!read)
            {
                throw OptionValues.Invalid("default-address-pool", text, "must be base=CIDR,size=BITS");
            }
        }

        return subnet is Subnet range && size > 0
            ? new AddressPoolSource(range, size)
            : throw OptionValues.Invalid("default-address-pool", text, "must be base=CIDR,size=BITS");
    }
}
