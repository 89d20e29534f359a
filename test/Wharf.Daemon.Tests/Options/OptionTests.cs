using Microsoft.Extensions.Logging;
using Wharf.Daemon.Options;
using Wharf.Primitives;

namespace Wharf.Daemon.Tests.Options;

public sealed class OptionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("wharfd-options-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static DaemonOptions Bind(params string[] arguments) => OptionsBinder.Bind(FlagParser.Parse(arguments), "1.2.3");

    private string FileWith(string json)
    {
        string path = Path.Combine(folder, "daemon.json");
        File.WriteAllText(path, json);
        return path;
    }

    private OptionValues Merge(string json, params string[] arguments)
    {
        OptionValues values = FlagParser.Parse([.. arguments, "--config-file", FileWith(json)]);
        ConfigFile.Merge(values);
        return values;
    }

    [Fact]
    public void Images_PoliciesAndMirrors_AreRead()
    {
        OptionValues values = Merge("{\"mirrors\": {\"quay.io\": \"https://one\", \"ghcr.io/team\": [\"https://two\", \"http://three:5000\"]}, \"compressed-layers\": \"keep\", "
            + "\"image-gc-high\": 90, \"image-gc-min-age\": \"36h\"}");

        DaemonOptions options = OptionsBinder.Bind(values, "1.2.3");

        Assert.Equal(["https://one"], options.Images.Registries.PrefixMirrors["quay.io"]);
        Assert.Equal(["https://two", "http://three:5000"], options.Images.Registries.PrefixMirrors["ghcr.io/team"]);
        Assert.Equal(Wharf.Images.CompressedLayers.Keep, options.Images.CompressedLayers);
        Assert.Equal((90, 85, TimeSpan.FromHours(36)), (options.Images.Gc!.HighPercent, options.Images.Gc.LowPercent, options.Images.Gc.MinimumAge));
        Assert.Null(Bind().Images.Gc);
    }

    [Theory]
    [InlineData("--compressed-layers=some")]
    [InlineData("--image-gc-low=50")]
    [InlineData("--image-gc-high=120")]
    [InlineData("--mirror=quay.io")]
    [InlineData("--mirror=quay.io=ftp://x")]
    public void Images_ImpossibleValues_AreRefused(string flag) => Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<WharfException>(() => Bind(flag)).Kind);

    [Fact]
    public void Flags_InEveryForm_AreRead()
    {
        DaemonOptions options = Bind("-H", "unix:///a", "-Htcp://127.0.0.1:1", "--host=unix:///b", "-D", "-G", "staff", "--bip", "10.1.2.1/24", "--icc=false",
            "--default-ulimit", "nofile=10:20", "--add-runtime", "crun=/usr/bin/crun", "--default-shm-size", "1g", "--log-opt", "max-size=1m",
            "--default-address-pool", "base=10.20.0.0/16,size=24", "--dns=1.1.1.1", "--tls=false");
        Assert.Equal(["/a", "127.0.0.1:1", "/b"], options.Hosts.Select(host => host.ToString()));
        Assert.True(options.Debug);
        Assert.Equal(LogLevel.Debug, options.LogLevel);
        Assert.Equal("staff", options.Group);
        Assert.False(options.Network.InterContainer);
        Assert.Equal(1L << 30, options.Engine.ShmSize);
        Assert.Equal("/usr/bin/crun", options.Engine.Runtimes["crun"].Path);
        Assert.Equal("1m", options.Engine.LogOptions["max-size"]);
        Assert.Equal((10, 20), (options.Engine.Ulimits[0].Soft, options.Engine.Ulimits[0].Hard));
        Assert.Equal(24, options.Network.AddressPools[0].Size);
        Assert.True(options.AllowPlainTcp);
    }

    [Theory]
    [InlineData("unknown flag: --nope", "--nope")]
    [InlineData("flag --authorization-plugin is not supported by this engine", "--authorization-plugin=x")]
    [InlineData("unknown shorthand flag: 'x' in -Dx", "-Dx")]
    [InlineData("flag needs an argument: --bip", "--bip")]
    [InlineData("unknown command: wharfd run", "run")]
    [InlineData("invalid argument \"x\" for \"--mtu\" flag: not a number", "--mtu=x")]
    [InlineData("invalid argument \"maybe\" for \"--icc\" flag: not a boolean", "--icc=maybe")]
    [InlineData("invalid argument \"10.0.0.0\" for \"--bip\" flag: malformed", "--bip=10.0.0.0")]
    [InlineData("invalid argument \"x\" for \"--dns\" flag: not an IP address", "--dns=x")]
    [InlineData("invalid argument \"1.2.3\" for \"--dns\" flag: not an IP address", "--dns=1.2.3")]
    [InlineData("failed to set log opts: logger: no log driver named 'nosuch' is registered", "--log-driver=nosuch")]
    [InlineData("failed to set log opts: unknown log opt 'foo' for json-file log driver", "--log-opt=foo=bar")]
    [InlineData("specified default runtime 'nosuch' does not exist", "--default-runtime=nosuch")]
    [InlineData("conflict labels for a=b and a=c", "--label=a=b", "--label=a=c")]
    [InlineData("You specified --iptables=false with --icc=false. ICC=false uses iptables to function. Please set --icc or --iptables to true", "--icc=false", "--iptables=false")]
    [InlineData("invalid argument \"bridge=x\" for \"--default-network-opt\" flag: must be driver=key=value", "--default-network-opt=bridge=x")]
    [InlineData("invalid argument \"maybe\" for \"--userland-proxy\" flag: not a boolean", "--userland-proxy=maybe")]
    [InlineData("unable to parse logging level: loud", "--log-level=loud")]
    [InlineData("unknown log format: xml", "--log-format=xml")]
    [InlineData("exec-opt native.cgroupdriver=systemd is not supported: only native.cgroupdriver=cgroupfs is", "--exec-opt=native.cgroupdriver=systemd")]
    [InlineData("invalid argument \"shared\" for \"--default-ipc-mode\" flag: must be one of private, shareable", "--default-ipc-mode=shared")]
    [InlineData("insecure registry http://x should not contain '://'", "--insecure-registry=http://x")]
    public void Flag_ThatCannotBeObeyed_IsNamed(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<WharfException>(() => Bind(arguments)).Message);

    [Fact]
    public void Label_SaidTwice_IsOne() => Assert.Equal(["a=b", "c=d"], Bind("--label=a=b", "--label=c=d", "--label=a=b").Engine.Labels);

    [Fact]
    public void File_GivesWhatFlagsDoNot()
    {
        OptionValues values = Merge("""
            {"debug": true, "hosts": ["unix:///x"], "log-opts": {"max-size": "5m"}, "mtu": 1400, "default-ulimits": {"nofile": {"Name": "nofile", "Hard": 20, "Soft": 10}},
             "runtimes": {"crun": {"path": "/bin/crun", "runtimeArgs": ["--a", "b c"]}}, "default-address-pools": [{"base": "10.9.0.0/16", "size": 26}],
             "proxies": {"http-proxy": "http://p:1", "no-proxy": "x"}, "userland-proxy": false, "live-restore": true}
            """, "--bip", "10.1.1.1/24");
        DaemonOptions options = OptionsBinder.Bind(values, "1");
        Assert.True(options.Debug);
        Assert.Equal("5m", options.Engine.LogOptions["max-size"]);
        Assert.Equal(1400, options.Network.Mtu);
        Assert.Equal(["--a", "b c"], options.Engine.Runtimes["crun"].Arguments);
        Assert.Equal(26, options.Network.AddressPools[0].Size);
        Assert.Equal("http://p:1", options.Images.Registries.HttpProxy);
        Assert.Equal((10, 20), (options.Engine.Ulimits[0].Soft, options.Engine.Ulimits[0].Hard));
    }

    [Theory]
    [InlineData("{\n  \"debug\": true,\n}", "line 3, column 1: The JSON object contains a trailing comma at the end")]
    [InlineData("{\"debug\": tru}", "line 1, column 14: 'tru}' is an invalid JSON literal. Expected the literal 'true'")]
    [InlineData("""{"nope": 1, "neither": 2}""", "the following directives don't match any configuration option: nope, neither")]
    [InlineData("""{"rootless": true}""", "rootless is not supported by this engine")]
    [InlineData("""{"debug": "yes"}""", "debug: a string is not what it takes")]
    [InlineData("""[]""", "the file must hold a JSON object")]
    public void File_Wrong_IsRefusedWithItsPath(string json, string message)
    {
        WharfException error = Assert.Throws<WharfException>(() => Merge(json));
        Assert.Equal($"unable to configure the Docker daemon with file {folder}/daemon.json: {message}", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    public void File_WithoutContent_SaysNothing(string content) => Assert.DoesNotContain("debug", Merge(content).Names);

    [Fact]
    public void NetworkDefaults_OfFileAndFlag_AreTheSame()
    {
        DaemonOptions file = OptionsBinder.Bind(Merge("""{"default-network-opts": {"bridge": {"com.docker.network.driver.mtu": "1400", "b": "c=d"}}}"""), "1");
        DaemonOptions flags = Bind("--default-network-opt=bridge=com.docker.network.driver.mtu=1400", "--default-network-opt=bridge=b=c=d");
        Assert.Equal([new("bridge", "com.docker.network.driver.mtu", "1400"), new("bridge", "b", "c=d")], file.Network.DriverOptions);
        Assert.Equal(file.Network.DriverOptions, flags.Network.DriverOptions);
    }

    [Fact]
    public void FirewallOfIPv6_IsThatOfIPv4UnlessSaid()
    {
        Assert.True(Bind().Network.FirewallIPv6);
        Assert.False(Bind("--iptables=false").Network.FirewallIPv6);
        Assert.True(Bind("--iptables=false", "--ip6tables").Network.FirewallIPv6);
        Assert.True(Bind("--ip6tables=false").Network.Firewall);
        Assert.False(Bind("--ip6tables=false").Network.FirewallIPv6);
    }

    [Fact]
    public void File_AndFlagForOneOption_AreAConflict()
    {
        WharfException error = Assert.Throws<WharfException>(() => Merge("""{"debug": false, "dns": ["1.1.1.1"]}""", "-D", "--dns", "8.8.8.8"));
        Assert.EndsWith("the following directives are specified both as a flag and in the configuration file: "
            + "debug: (from flag: true, from file: false), dns: (from flag: [8.8.8.8], from file: [1.1.1.1])", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_NamedAndMissing_IsAnError()
    {
        OptionValues values = FlagParser.Parse(["--config-file", "/nonexistent/daemon.json"]);
        Assert.Equal("unable to configure the Docker daemon with file /nonexistent/daemon.json: open /nonexistent/daemon.json: no such file or directory",
            Assert.Throws<WharfException>(() => ConfigFile.Merge(values)).Message);
    }

    [Theory]
    [InlineData("64m", 64L << 20)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("100", 100)]
    [InlineData("1 kb", 1024)]
    public void ByteCount_WithSuffix_IsBinary(string text, long bytes)
    {
        Assert.True(ByteCount.TryParse(text, out long parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1m")]
    [InlineData("1x")]
    [InlineData("99999999999p")]
    public void ByteCount_Wrong_IsRefused(string text) => Assert.False(ByteCount.TryParse(text, out _));

    [Fact]
    public void Table_NamesNothingTwice()
    {
        Assert.Equal(OptionTable.All.Count, OptionTable.All.Select(spec => spec.Name).Distinct().Count());
        Assert.DoesNotContain(OptionTable.All, spec => OptionTable.Unsupported.Contains(spec.Name));
        Assert.All(OptionTable.All, spec => Assert.Contains($"--{spec.Name}", HelpText.Render(), StringComparison.Ordinal));
    }
}
