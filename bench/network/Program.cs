using System.Diagnostics;
using System.Globalization;
using System.Net;
using Wharf.Linux.Netlink;
using Wharf.Network;
using Wharf.Network.Addressing;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

// Wires a container to the default bridge and publishes one port: our controller against the same done with ip(8) and iptables(8), and with ip(8) and nft(8).
// Runs in a network namespace of its own; the contenders take turns. Usage: dotnet run -c Release --project bench/network [-- ROUNDS]
const string mark = "WHARF_BENCH_OWN_NETNS";
if (Environment.GetEnvironmentVariable(mark) is null)
{
    string[] self = [Environment.ProcessPath!, .. Environment.GetCommandLineArgs()[(Path.GetFileName(Environment.ProcessPath) == "dotnet" ? 0 : 1)..]];
    var start = new ProcessStartInfo("unshare", ["--net", "--mount", "--propagation", "private", .. self]);
    start.Environment[mark] = "1";
    using Process child = Process.Start(start)!;
    child.WaitForExit();
    return child.ExitCode;
}

int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
string root = Directory.CreateTempSubdirectory("wharf-bench-net-").FullName;
var options = new NetworkOptions { ExecRoot = root, BridgeAddress = InterfaceAddress.Parse("172.17.0.1/16"), ReadyNamespaces = 4 };
await using var controller = new NetworkController(options, new Quiet(), TimeProvider.System);
await controller.RestoreAsync([], [], CancellationToken.None);
Run("ip", "link set lo up");
Run("ip", "link add br-peer type bridge");
Run("ip", "addr add 172.30.0.1/16 dev br-peer");
Run("ip", "link set br-peer up");
Run("nft", "add table ip peer");
Run("nft", "add chain ip peer pre { type nat hook prerouting priority -100 ; }");

List<double> ours = [], ready = [], release = [], iptables = [], nft = [];
for (int i = 0; i < rounds + 5; i++)
{
    long t0 = Stopwatch.GetTimestamp();
    Sandbox sandbox = await controller.AllocateAsync(Container(8000 + i), CancellationToken.None);
    ours.Add(Stopwatch.GetElapsedTime(t0).TotalMicroseconds);
    t0 = Stopwatch.GetTimestamp();
    await controller.ReleaseAsync(sandbox.ContainerId, CancellationToken.None);
    release.Add(Stopwatch.GetElapsedTime(t0).TotalMicroseconds);

    iptables.Add(Spawned(i, () => Run("iptables", $"-t nat -A PREROUTING -p tcp --dport {20000 + i} -j DNAT --to-destination 172.30.1.2:80")));
    nft.Add(Spawned(i, () => Run("nft", $"add rule ip peer pre tcp dport {30000 + i} dnat to 172.30.1.2:80")));
    await Task.Delay(30);
}

foreach (List<double> list in new[] { ours, release, iptables, nft })
{
    list.RemoveRange(0, 5);
    list.Sort();
}

double us = ours[ours.Count / 2];
Console.WriteLine($"{"wire one container and publish a port",-52} {"median",10} {"min",10} {"ratio",8}");
Report("wharf (netlink, nf_tables, namespace from the pool)", ours);
Report("ip + iptables, spawned", iptables);
Report("ip + nft, spawned", nft);
Report("wharf: release (on the reply path)", release);
return us * 10 <= iptables[iptables.Count / 2] ? 0 : 1;

void Report(string name, List<double> list) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-52} {list[list.Count / 2],7:F0} µs {list[0],7:F0} µs {list[list.Count / 2] / us,7:F1}x"));

static SandboxRequest Container(int port) => new()
{
    ContainerId = ObjectId.New(),
    ContainerName = "c" + port,
    Hostname = "c" + port,
    Endpoints = [new EndpointRequest { Network = "bridge" }],
    Ports = [new PortRequest { Port = new ContainerPort(80, TransportProtocol.Tcp), HostPort = (ushort)port, HostPortEnd = (ushort)port }],
};

static double Spawned(int i, Action publish)
{
    string ns = "p" + i, veth = "vp" + i;
    long t0 = Stopwatch.GetTimestamp();
    Run("ip", $"netns add {ns}");
    Run("ip", $"link add {veth} type veth peer name eth0 netns {ns}");
    Run("ip", $"link set {veth} master br-peer up");
    Run("ip", $"-n {ns} link set lo up");
    Run("ip", $"-n {ns} link set eth0 up");
    Run("ip", $"-n {ns} addr add 172.30.1.2/16 dev eth0");
    Run("ip", $"-n {ns} route add default via 172.30.0.1");
    publish();
    double elapsed = Stopwatch.GetElapsedTime(t0).TotalMicroseconds;
    Run("ip", $"link del {veth}");
    Run("ip", $"netns del {ns}");
    return elapsed;
}

static void Run(string program, string arguments)
{
    using Process process = Process.Start(program, arguments);
    process.WaitForExit();
    if (process.ExitCode != 0)
    {
        throw new InvalidOperationException($"{program} {arguments}: exit code {process.ExitCode}");
    }
}

internal sealed class Quiet : INetworkLog
{
    public void Information(string message)
    {
    }

    public void Warning(string message) => Console.Error.WriteLine(message);
}
