using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Shim.Streams;

namespace Wharf.Shim.Tests.Streams;

/// <summary>Clients whose output goes to a socket that the daemon hands over.</summary>
public sealed class OutletTests
{
    private const ShimAttachFlags Output = ShimAttachFlags.Stdout | ShimAttachFlags.Stderr | ShimAttachFlags.Outlet;

    [Fact]
    public void Output_WaitsForTheOutletAndGoesThere()
    {
        using var rig = new HubRig();
        TestClient daemon = rig.Attach(Output);
        rig.Start();
        HubRig.Put(rig.Stdout, "early "u8);
        rig.Turn(50);
        daemon.Read();
        Assert.Empty(daemon.Received);

        TestClient client = Give(daemon);
        rig.Until(() => client.Has("early "));
        HubRig.Put(rig.Stdout, "late"u8);
        rig.Until(() => client.Has("early late"));
        End(rig);
        rig.Until(() => client.HasEnded() && daemon.HasEnded());

        Assert.Empty(daemon.Received);
        Assert.False(rig.Hub.HasClients);
    }

    [Fact]
    public void Message_WithoutDescriptor_KeepsTheOutputOnTheConnection()
    {
        using var rig = new HubRig();
        TestClient daemon = rig.Attach(Output);
        rig.Start();
        HubRig.Put(rig.Stdout, "here"u8);
        daemon.Give(null);
        rig.Until(() => daemon.Has("here"));
    }

    [Fact]
    public void Input_BeginsBehindTheFirstMessage()
    {
        using var rig = new HubRig();
        TestClient daemon = rig.Attach(Output | ShimAttachFlags.Stdin);
        rig.Start(stdin: true, stdinOnce: true);
        TestClient client = Give(daemon);
        daemon.Send("typed"u8);
        daemon.CloseSending();

        List<byte> read = [];
        rig.Until(() =>
        {
            byte[]? more = HubRig.Take(rig.Stdin!);
            read.AddRange(more ?? []);
            return more is null;
        });
        Assert.Equal("typed", Encoding.ASCII.GetString([.. read]));
        HubRig.Put(rig.Stdout, "answer"u8);
        rig.Until(() => client.Has("answer"));
    }

    [Fact]
    public void Daemon_GoneBeforeTheOutlet_LeavesNothing()
    {
        using var rig = new HubRig();
        TestClient daemon = rig.Attach(Output);
        rig.Start();
        HubRig.Put(rig.Stdout, "nobody"u8);
        daemon.Close();
        rig.Until(() => !rig.Hub.HasClients);
    }

    [Fact]
    public void Daemon_GoneAfterTheOutlet_EndsTheClient()
    {
        using var rig = new HubRig();
        TestClient daemon = rig.Attach(Output);
        rig.Start();
        TestClient client = Give(daemon);
        HubRig.Put(rig.Stdout, "one"u8);
        rig.Until(() => client.Has("one"));
        daemon.Close();
        rig.Until(client.HasEnded);
        Assert.False(rig.Hub.HasClients);
    }

    [Fact]
    public void Client_Gone_TellsTheDaemon()
    {
        using var rig = new HubRig();
        TestClient daemon = rig.Attach(Output);
        rig.Start();
        TestClient client = Give(daemon);
        HubRig.Put(rig.Stdout, "one"u8);
        rig.Until(() => client.Has("one"));
        client.Close();
        rig.Until(daemon.HasEnded);
        Assert.False(rig.Hub.HasClients);
    }

    [Fact]
    public void Process_EndedBeforeTheOutlet_ItsOutputIsStillDelivered()
    {
        using var rig = new HubRig();
        TestClient daemon = rig.Attach(Output);
        rig.Start();
        HubRig.Put(rig.Stdout, "last words"u8);
        End(rig);
        rig.Turn(50);
        TestClient client = Give(daemon);
        rig.Until(() => client.HasEnded() && daemon.HasEnded());
        Assert.Equal("last words", client.Texts.Stdout);
    }

    [Fact]
    public void SlowClient_HoldsTheProcessBackAndLosesNothing()
    {
        using var rig = new HubRig(new StreamLimits { HighWater = 64 * 1024, LowWater = 16 * 1024 });
        TestClient daemon = rig.Attach(Output);
        rig.Start();
        TestClient client = Give(daemon);
        byte[] block = [.. Enumerable.Range(0, 4096).Select(i => (byte)('a' + (i % 26)))];
        long put = 0;
        int refused = 0;
        while (refused < 20)
        {
            int count = HubRig.Put(rig.Stdout, block);
            put += count;
            refused = count == 0 ? refused + 1 : 0;
            rig.Loop.Turn(1);
        }

        End(rig);
        rig.Until(() => client.HasEnded() && daemon.HasEnded());
        Assert.Equal(put, client.Texts.Stdout.Length);
    }

    private static TestClient Give(TestClient daemon)
    {
        UnixSocketCalls.Pair(SocketKind.Stream, nonBlocking: true, out SafeFileHandle ours, out SafeFileHandle theirs).ThrowIfError("socketpair");
        daemon.Give(theirs);
        return new TestClient(ours);
    }

    private static void End(HubRig rig)
    {
        rig.Stdout.Dispose();
        rig.Stderr.Dispose();
        rig.Hub.ProcessEnded();
        rig.Until(() => rig.Hub.IsDrained);
        rig.Hub.Finish();
    }
}
