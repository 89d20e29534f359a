using System.Diagnostics;
using System.Net;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Tests.Lab;

/// <summary>
/// A host with a network controller, and another machine on its uplink: 10.99.0.1 is the host, 10.99.0.2 is outside and knows a way to
/// the containers through the host, as a neighbour who means no good would.
/// </summary>
internal sealed class NetworkLab : IAsyncDisposable
{
    public const string HostAddress = "10.99.0.1";
    public const string OutsideAddress = "10.99.0.2";

    private readonly NamespaceThread _thread = new("lab");
    private readonly RouteConnection _route = RouteConnection.Open();
    private readonly List<Machine> _machines = [];
    private NetworkController? _controller;

    private NetworkLab(NetworkOptions options) => Options = options;

    public NetworkOptions Options { get; set; }

    public List<string> Journal { get; } = [];

    public NetworkController Controller => _controller!;

    public Machine Host { get; private set; } = null!;

    public Machine Outside { get; private set; } = null!;

    public RouteConnection Route => _route;

    public static async Task<NetworkLab> Create(Func<NetworkOptions, NetworkOptions>? change = null)
    {
        var options = new NetworkOptions
        {
            ExecRoot = Directory.CreateTempSubdirectory("wharf-net-").FullName,
            ReadyNamespaces = 1,
            BridgeAddress = InterfaceAddress.Parse("172.17.0.1/16"),
        };
        var lab = new NetworkLab(change?.Invoke(options) ?? options);
        lab._route.SetUp(1).ThrowIfError("lo");
        lab.Host = lab.Adopt("/proc/thread-self/ns/net");
        lab.Outside = lab.NewMachine();
        lab.Cable("up0", HostAddress, lab.Outside, OutsideAddress, 24);
        lab.Outside.Route.ReplaceRoute(IPAddress.Parse("172.16.0.0"), 12, IPAddress.Parse(HostAddress), 0).ThrowIfError("route to containers");
        try
        {
            await lab.StartDaemon([], []);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public async Task<RestoreResult> StartDaemon(IReadOnlyList<NetworkRecord> networks, IReadOnlyList<Sandbox> sandboxes)
    {
        _controller = new NetworkController(Options, new ListLog(Journal), TimeProvider.System);
        return await _controller.RestoreAsync(networks, sandboxes, CancellationToken.None);
    }

    /// <summary>The daemon goes without a word to the kernel's objects, as after kill -9: its sockets close, the rest stays.</summary>
    public async Task StopDaemon() => await Controller.DisposeAsync();

    public void Cable(string name, string here, Machine other, string there, int prefix)
    {
        _route.CreateVeth(new VethRequest { Name = name, PeerName = "eth0", PeerNamespace = other.Namespace }).ThrowIfError("cable");
        _route.AddAddress(_route.FindLink(name)!.Index, IPAddress.Parse(here), prefix).ThrowIfError("address");
        other.Route.Configure(new InterfaceSetup { Index = other.Route.FindLink("eth0")!.Index, Addresses = [(IPAddress.Parse(there), prefix)] }).ThrowIfError("address");
    }

    public Machine NewMachine()
    {
        (var ns, RouteConnection route) = _thread.Create(_ => RouteConnection.Open());
        route.SetUp(1).ThrowIfError("lo");
        var machine = new Machine(_thread, ns, route);
        _machines.Add(machine);
        return machine;
    }

    public Machine Adopt(string path)
    {
        NetworkNamespace.Open(path, out var ns).ThrowIfError("open", path);
        var machine = new Machine(_thread, ns, _thread.Run(ns, RouteConnection.Open));
        _machines.Add(machine);
        return machine;
    }

    /// <summary>Starts a container: its sandbox, and its namespace to play in.</summary>
    public async Task<(Sandbox Sandbox, Machine Inside)> Start(SandboxRequest request)
    {
        Sandbox sandbox = await Controller.AllocateAsync(request, CancellationToken.None);
        return (sandbox, Adopt(sandbox.Key));
    }

    public static SandboxRequest Container(string name, string network = "bridge", params string[] ports) => new()
    {
        ContainerId = ObjectId.New(),
        ContainerName = name,
        Hostname = name + "-host",
        Endpoints = [new EndpointRequest { Network = network }],
        Ports = [.. ports.Select(Port)],
    };

    /// <summary>What nft(8), an independent reader of the kernel's rules, says.</summary>
    public string Nft(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("nft", arguments) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return text;
    }

    /// <summary>Skips the test where the kernel has no br_netfilter to switch on.</summary>
    public void SetBridgeCallsIptables(string value)
    {
        const string switchFile = "/proc/sys/net/bridge/bridge-nf-call-iptables";
        Assert.SkipUnless(File.Exists(switchFile) || value == "0", "br_netfilter is not in this kernel");
        if (File.Exists(switchFile))
        {
            Host.Inside(() =>
            {
                File.WriteAllText(switchFile, value);
                return 0;
            });
        }
    }

    /// <summary>[address:]host:container[/protocol] or container.</summary>
    public static PortRequest Port(string text)
    {
        string[] halves = text.Split('/');
        string[] parts = halves[0].StartsWith('[') ? [halves[0][1..halves[0].IndexOf(']')], .. halves[0][(halves[0].IndexOf(']') + 2)..].Split(':')] : halves[0].Split(':');
        TransportProtocol protocol = halves.Length > 1 ? Enum.Parse<TransportProtocol>(halves[1], ignoreCase: true) : TransportProtocol.Tcp;
        ushort host = parts.Length > 1 && parts[^2].Length > 0 ? ushort.Parse(parts[^2]) : (ushort)0;
        return new PortRequest
        {
            Port = new ContainerPort(ushort.Parse(parts[^1]), protocol),
            HostAddress = parts.Length > 2 ? IPAddress.Parse(parts[0]) : null,
            HostPort = host,
            HostPortEnd = host,
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NetworkRecord network in Controller.Networks.Where(n => n.BridgeName.Length > 0))
        {
            _route.DeleteLink(network.BridgeName);
        }

        await Controller.DisposeAsync();
        foreach (Machine machine in _machines)
        {
            machine.Dispose();
        }

        foreach (LinkInfo link in _route.ListLinks().Where(l => l.Kind == "veth"))
        {
            _route.DeleteLink(link.Name);
        }

        _route.Dispose();
        _thread.Dispose();

        // Tables outlive their daemon, and every daemon replaces its own only: one of another bridge's would stand in the next lab.
        Nft("flush", "ruleset");
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Options.ExecRoot, "netns")))
        {
            NetworkNamespace.Unbind(path);
        }

        Directory.Delete(Options.ExecRoot, recursive: true);
    }

    internal sealed class ListLog(List<string> lines) : INetworkLog
    {
        public void Information(string message) => Warning(message);

        public void Warning(string message)
        {
            lock (lines)
            {
                lines.Add(message);
            }
        }
    }
}
