using System.Text;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Shim.Streams;

namespace Wharf.Shim.Tests.Streams;

public sealed class StdioHubTests
{
    private const ShimAttachFlags Everything = ShimAttachFlags.Stdin | ShimAttachFlags.Stdout | ShimAttachFlags.Stderr;

    private static readonly StreamLimits Impatient = new()
    {
        HighWater = 64 * 1024,
        LowWater = 16 * 1024,
        StallAlone = TimeSpan.FromMinutes(1),
        StallAmongOthers = TimeSpan.FromMilliseconds(300),
    };

    [Fact]
    public void Output_ReachesEveryClientInFramesAndALateOneFromThenOn()
    {
        using var rig = new HubRig();
        TestClient early = rig.Attach();
        rig.Start();
        HubRig.Put(rig.Stdout, "one "u8);
        rig.Until(() => early.Has("one "));
        TestClient late = rig.Attach();
        HubRig.Put(rig.Stdout, "two"u8);
        HubRig.Put(rig.Stderr, "err"u8);
        rig.Until(() => early.Has("one two") && late.Has("two") && late.Texts.Stderr == "err");
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 4, .. "one "u8], early.Received[..12]);
        Assert.Equal("err", early.Texts.Stderr);
    }

    [Fact]
    public void Output_OnlyOfTheStreamsAskedFor()
    {
        using var rig = new HubRig();
        TestClient errors = rig.Attach(ShimAttachFlags.Stderr);
        TestClient all = rig.Attach();
        rig.Start();
        HubRig.Put(rig.Stdout, "out"u8);
        HubRig.Put(rig.Stderr, "err"u8);
        rig.Until(() => all.Has("out") && all.Texts.Stderr == "err");
        errors.Read();
        Assert.Equal(("", "err"), errors.Texts);
    }

    [Fact]
    public void Output_OfATerminal_IsRaw()
    {
        using var rig = new HubRig();
        TestClient client = rig.Attach();
        rig.Start(terminal: true);
        HubRig.Put(rig.Stdout, "raw"u8);
        rig.Until(() => client.Read() && client.Received.AsSpan().SequenceEqual("raw"u8));
    }

    [Fact]
    public void End_ComesAfterTheLastOutput()
    {
        using var rig = new HubRig();
        TestClient client = rig.Attach();
        rig.Start();
        bool drained = false;
        rig.Hub.Drained = () => drained = true;
        HubRig.Put(rig.Stdout, "last"u8);
        rig.Stdout.Dispose();
        rig.Hub.ProcessEnded();
        Assert.False(rig.Hub.IsDrained);
        rig.Stderr.Dispose();
        rig.Until(() => drained);
        rig.Hub.Finish();
        rig.Until(client.HasEnded);
        Assert.Equal("last", client.Texts.Stdout);
        Assert.False(rig.Hub.HasClients);
    }

    [Fact]
    public void SlowClientAlone_HoldsTheProcessBackAndLosesNothing()
    {
        using var rig = new HubRig(Impatient);
        TestClient client = rig.Attach();
        rig.Start();
        byte[] pattern = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i}\n")));
        int sent = 0;
        long quietSince = Environment.TickCount64;
        while (Environment.TickCount64 - quietSince < 300)
        {
            int count = HubRig.Put(rig.Stdout, pattern.AsSpan(sent % pattern.Length));
            sent += count;
            quietSince = count > 0 ? Environment.TickCount64 : quietSince;
            rig.Loop.Turn(5);
        }

        // a queue of some 64 KiB, the socket's and the pipe's own buffers: not more than that was taken
        Assert.InRange(sent, 64 * 1024, 2 << 20);
        rig.Until(() => client.Read() && client.Texts.Stdout.Length == sent);
        string expected = string.Concat(Enumerable.Repeat(Encoding.ASCII.GetString(pattern), 1 + (sent / pattern.Length)))[..sent];
        Assert.Equal(expected, client.Texts.Stdout);
        HubRig.Put(rig.Stdout, "goes on"u8);
        rig.Until(() => client.Has(expected + "goes on"));
    }

    [Fact]
    public void SlowClientAmongOthers_IsCutOffAndTheOthersGetEverything()
    {
        using var rig = new HubRig(Impatient);
        TestClient slow = rig.Attach();
        TestClient quick = rig.Attach();
        rig.Start();
        byte[] data = new byte[4 << 20];
        Array.Fill(data, (byte)'x');
        int sent = 0;
        rig.Until(() =>
        {
            sent += sent < data.Length ? HubRig.Put(rig.Stdout, data.AsSpan(sent)) : 0;
            quick.Read();
            return sent == data.Length;
        }, 20_000);
        rig.Until(() => quick.Read() && quick.Texts.Stdout.Length == data.Length);
        rig.Until(slow.HasEnded);
    }

    [Fact]
    public void ProcessEnd_DoesNotWaitForASlowClientAndItStillGetsEverything()
    {
        using var rig = new HubRig(Impatient);
        TestClient slow = rig.Attach();
        rig.Start();
        byte[] data = new byte[16 * 1024];
        int sent = 0;
        for (int quiet = 0; quiet < 50;)
        {
            int count = HubRig.Put(rig.Stdout, data);
            sent += count;
            quiet = count > 0 ? 0 : quiet + 1;
            rig.Loop.Turn(2);
        }

        rig.Stdout.Dispose();
        rig.Stderr.Dispose();
        rig.Hub.ProcessEnded();
        rig.Until(() => rig.Hub.IsDrained);
        rig.Hub.Finish();
        rig.Until(slow.HasEnded);
        Assert.Equal(sent, slow.Texts.Stdout.Length);
    }

    [Fact]
    public void Stdin_OfSeveralClients_ComesTogether()
    {
        using var rig = new HubRig();
        rig.Start(stdin: true);
        TestClient first = rig.Attach(Everything);
        TestClient second = rig.Attach(Everything);
        first.Send("a"u8);
        second.Send("b"u8);
        var input = new List<byte>();
        rig.Until(() =>
        {
            input.AddRange(HubRig.Take(rig.Stdin!) ?? []);
            return input.Count == 2;
        });
        Assert.Equal("ab"u8.ToArray(), input.Order());
    }

    [Fact]
    public void Stdin_MoreThanTheProcessReads_WaitsAndIsComplete()
    {
        using var rig = new HubRig();
        rig.Start(stdin: true, stdinOnce: true);
        TestClient client = rig.Attach(Everything);
        byte[] data = new byte[1 << 20];
        new Random(1).NextBytes(data);
        int sent = 0;
        for (int quiet = 0; quiet < 50;)
        {
            int count = sent < data.Length ? client.Send(data.AsSpan(sent)) : 0;
            sent += count;
            quiet = count > 0 ? 0 : quiet + 1;
            rig.Loop.Turn(2);
        }

        Assert.True(sent < data.Length, "a process that does not read must hold the client back");
        var input = new List<byte>();
        bool ended = false;
        rig.Until(() =>
        {
            sent += sent < data.Length ? client.Send(data.AsSpan(sent)) : 0;
            if (sent == data.Length && !ended)
            {
                client.CloseSending();
                ended = true;
            }

            byte[]? read = HubRig.Take(rig.Stdin!);
            input.AddRange(read ?? []);
            return read is null;
        });
        Assert.Equal(data, input);
    }

    [Fact]
    public void Stdin_SentBeforeTheStartByAClientThatHasGone_StillArrives()
    {
        using var rig = new HubRig();
        TestClient client = rig.Attach(Everything);
        client.Send("early"u8);
        client.Close();
        rig.Turn(30);
        rig.Start(stdin: true, stdinOnce: true);
        var input = new List<byte>();
        rig.Until(() =>
        {
            byte[]? read = HubRig.Take(rig.Stdin!);
            input.AddRange(read ?? []);
            return read is null;
        });
        Assert.Equal("early"u8.ToArray(), input);
        Assert.False(rig.Hub.HasClients);
    }

    [Fact]
    public void StdinEnd_WithoutStdinOnce_EndsTheClientNotTheProcess()
    {
        using var rig = new HubRig();
        rig.Start(stdin: true);
        TestClient client = rig.Attach(Everything);
        client.CloseSending();
        rig.Until(client.HasEnded);
        Assert.Empty(HubRig.Take(rig.Stdin!) ?? throw new InvalidOperationException("stdin was closed"));
    }

    [Fact]
    public void StdinEnd_OfAClientOfAProcessWithoutStdin_MeansNothing()
    {
        using var rig = new HubRig();
        rig.Start();
        TestClient client = rig.Attach(Everything);
        client.CloseSending();
        rig.Turn(30);
        HubRig.Put(rig.Stdout, "still"u8);
        rig.Until(() => client.Has("still"));
    }

    [Fact]
    public void ProcessThatClosedItsStdin_DoesNotStopItsClients()
    {
        using var rig = new HubRig();
        rig.Start(stdin: true);
        TestClient client = rig.Attach(Everything);
        rig.Stdin!.Dispose();
        rig.Turn(20);
        client.Send("nobody reads this"u8);
        rig.Turn(20);
        HubRig.Put(rig.Stdout, "output"u8);
        rig.Until(() => client.Has("output"));
    }

    [Fact]
    public void Clients_ThatComeAndGo_LeaveNothing()
    {
        using var rig = new HubRig();
        rig.Start();
        int before = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 500; i++)
        {
            rig.Attach(Everything).Close();
            rig.Loop.Turn(1);
        }

        rig.Until(() => !rig.Hub.HasClients);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 5);
    }

    [Fact]
    public void Clients_OverTheLimit_AreRefused()
    {
        using var rig = new HubRig(new StreamLimits { MaxClients = 2 });
        rig.Attach();
        rig.Attach();
        Wharf.Linux.UnixSocketCalls.Pair(Wharf.Linux.SocketKind.Stream, true, out var ours, out var theirs);
        Assert.Null(rig.Hub.Attach(theirs, Everything));
        ours.Dispose();
        theirs.Dispose();
    }
}
