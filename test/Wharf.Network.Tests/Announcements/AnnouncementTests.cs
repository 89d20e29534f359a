using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Wharf.Network.Addressing;
using Wharf.Network.Announcements;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;
using Wharf.Primitives;

namespace Wharf.Network.Tests.Announcements;

public sealed class AnnouncementTests
{
    private const string Address = "172.22.22.22", AddressIPv6 = "fd3c:e70a:962c::2222";

    [Fact]
    public async Task Neighbours_WithAnOldEntry_LearnTheNewHardwareAddress()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        await CreateNetwork(lab, []);
        (Sandbox knows, _) = await lab.Start(NetworkLab.Container("knows", "told"));
        foreach (string address in (string[])[Address, AddressIPv6])
        {
            Ip(knows, "neigh", "replace", address, "dev", "eth0", "lladdr", "02:00:00:00:00:99", "nud", "reachable");
        }

        (Sandbox newer, _) = await lab.Start(Newcomer());
        string mac = newer.Endpoints[0].Mac.ToString();
        await Eventually(() => Ip(knows, "neigh", "show").Split('\n').Count(l => l.Contains("::2222 ", StringComparison.Ordinal) || l.StartsWith(Address + " ", StringComparison.Ordinal)
            ? l.Contains(mac, StringComparison.Ordinal) : false) == 2);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("2", 2)]
    public async Task Options_SayHowOften(string count, int expected)
    {
        await using NetworkLab lab = await NetworkLab.Create();
        NetworkRecord network = await CreateNetwork(lab, new() { [AnnouncementSettings.CountKey] = count, [AnnouncementSettings.IntervalKey] = "100" });
        using Socket listener = Listener(lab, network);
        (Sandbox sandbox, _) = await lab.Start(Newcomer());

        byte[] mac = sandbox.Endpoints[0].Mac.ToBytes();
        int seen = 0;
        foreach (byte[] frame in Frames(listener, enough: () => seen >= 2 * expected && expected > 0))
        {
            bool four = frame[12] == 0x08 && frame[13] == 0x06 && frame.AsSpan(28, 4).SequenceEqual(IPAddress.Parse(Address).GetAddressBytes());
            bool six = frame[12] == 0x86 && frame[13] == 0xdd && frame[54] == 136 && frame.AsSpan(62, 16).SequenceEqual(IPAddress.Parse(AddressIPv6).GetAddressBytes());
            seen += (four || six) && frame.AsSpan(6, 6).SequenceEqual(mac) ? 1 : 0;
        }

        Assert.Equal(2 * expected, seen);
    }

    [Fact]
    public async Task ContainerThatIsGone_IsNotAnnouncedAgain()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        NetworkRecord network = await CreateNetwork(lab, new() { [AnnouncementSettings.IntervalKey] = "1500" });
        using Socket listener = Listener(lab, network);
        (Sandbox sandbox, Machine inside) = await lab.Start(Newcomer());
        await lab.Controller.ReleaseAsync(sandbox.ContainerId, CancellationToken.None);
        _ = inside; // holds the namespace: it is the announcements that end, not the interface

        int announced = Frames(listener, enough: () => false).Count(f => f[12] == 0x08 && f[13] == 0x06 && f.AsSpan(28, 4).SequenceEqual(IPAddress.Parse(Address).GetAddressBytes()));
        Assert.True(announced < 3, $"{announced} announcements");
    }

    [Theory]
    [InlineData(AnnouncementSettings.IntervalKey, "99", "com.docker.network.advertise_addr_ms must be in the range 100 to 2000")]
    [InlineData(AnnouncementSettings.IntervalKey, "2001", "com.docker.network.advertise_addr_ms must be in the range 100 to 2000")]
    [InlineData(AnnouncementSettings.IntervalKey, "soon", "value for option com.docker.network.advertise_addr_ms \"soon\" must be integer milliseconds")]
    [InlineData(AnnouncementSettings.CountKey, "-1", "com.docker.network.advertise_addr_nmsgs must be in the range 0 to 3")]
    [InlineData(AnnouncementSettings.CountKey, "4", "com.docker.network.advertise_addr_nmsgs must be in the range 0 to 3")]
    [InlineData(AnnouncementSettings.CountKey, "many", "value for option com.docker.network.advertise_addr_nmsgs \"many\" must be an integer")]
    public void WrongOptions_AreNamed(string key, string value, string error) =>
        Assert.Equal(error, Assert.Throws<WharfException>(() => AnnouncementSettings.Parse(new Dictionary<string, string> { [key] = value })).Message);

    private static Task<NetworkRecord> CreateNetwork(NetworkLab lab, Dictionary<string, string> options) => lab.Controller.CreateNetworkAsync(
        new NetworkConfig
        {
            Name = "told",
            EnableIPv4 = true,
            EnableIPv6 = true,
            Options = options,
            Pools = [new IpamPool { Subnet = Subnet.Parse("172.22.22.0/24") }, new IpamPool { Subnet = Subnet.Parse("fd3c:e70a:962c::/64") }],
        }, CancellationToken.None);

    private static SandboxRequest Newcomer() => NetworkLab.Container("newer", "told") with
    {
        Endpoints = [new EndpointRequest { Network = "told", IPv4 = IPAddress.Parse(Address), IPv6 = IPAddress.Parse(AddressIPv6), Mac = MacAddress.FromBytes([2, 7, 7, 7, 7, 7]) }],
    };

    private static Socket Listener(NetworkLab lab, NetworkRecord network)
    {
        const int everything = 0x0300; // ETH_P_ALL in network order
        Socket listener = lab.Host.Inside(() => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)everything));
        listener.Bind(new LinkEndPoint(lab.Route.FindLink(network.BridgeName)!.Index));
        return listener;
    }

    /// <summary>What comes until nothing more is to be expected: two intervals without a frame, or half a second of silence when there is enough.</summary>
    private static IEnumerable<byte[]> Frames(Socket listener, Func<bool> enough)
    {
        byte[] buffer = new byte[2048];
        long end = Environment.TickCount64 + 20_000;
        while (Environment.TickCount64 < end && listener.Poll(enough() ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(3), SelectMode.SelectRead))
        {
            yield return buffer[..listener.Receive(buffer)];
        }
    }

    private static string Ip(Sandbox sandbox, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("nsenter", ["--net=" + sandbox.Key, "ip", .. arguments]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return text;
    }

    private static async Task Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 200 && !condition(); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(condition());
    }

    /// <summary>One interface, all protocols (packet(7)).</summary>
    private sealed class LinkEndPoint(int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            address[2] = 0;
            address[3] = 3;
            BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[4..], index);
            return address;
        }
    }
}
