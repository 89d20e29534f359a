using Wharf.Shim.Streams;

namespace Wharf.Shim.Tests.Streams;

/// <summary>Output that has one reader and no log: it goes from the process's pipe to the reader's socket without being read in between.</summary>
public sealed class PassingTests
{
    private const int Much = 3 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void BothOutputs_ToAReaderWhoDawdles_ArriveWholeAndInFrames(int seed)
    {
        var random = new Random(seed);
        using var rig = new HubRig();
        TestClient client = rig.Attach();
        rig.Start();
        byte[] output = Pattern(Much), errors = Pattern(40_000);
        int outDone = 0, errDone = 0;
        rig.Until(() =>
        {
            outDone += HubRig.Put(rig.Stdout, output.AsSpan(outDone, Math.Min(random.Next(1, 200_000), output.Length - outDone)));
            if (random.Next(4) == 0)
            {
                errDone += HubRig.Put(rig.Stderr, errors.AsSpan(errDone, Math.Min(random.Next(1, 3000), errors.Length - errDone)));
            }

            // Sometimes nothing for several rounds: the pipe and the socket fill.
            return (random.Next(5) > 0 || client.Read()) && outDone == output.Length && errDone == errors.Length;
        }, 60_000);
        End(rig);
        rig.Until(client.HasEnded, 60_000);

        (byte[] gotOut, byte[] gotErr) = client.Bytes;
        Assert.True(output.AsSpan().SequenceEqual(gotOut));
        Assert.True(errors.AsSpan().SequenceEqual(gotErr));
    }

    [Fact]
    public void Reader_ThatStandsStill_HoldsTheProcessUntilASecondOneComes()
    {
        using var rig = new HubRig();
        TestClient first = rig.Attach();
        rig.Start();
        byte[] output = Pattern(Much);
        int done = Fill(rig, output, 0);
        int held = done;

        TestClient second = rig.Attach();
        rig.Until(() => first.Read() && second.Read() && (done += HubRig.Put(rig.Stdout, output.AsSpan(done, Math.Min(100_000, output.Length - done)))) == output.Length, 60_000);
        End(rig);
        rig.Until(() => first.HasEnded() && second.HasEnded(), 60_000);

        Assert.InRange(held, 1, Much - 1);
        byte[] late = second.Bytes.Stdout;
        Assert.True(output.AsSpan().SequenceEqual(first.Bytes.Stdout));
        Assert.NotEmpty(late);
        Assert.True(output.AsSpan().EndsWith(late));
    }

    [Fact]
    public void OtherOutput_WhileTheReaderIsOwed_ComesAsItWasWritten()
    {
        using var rig = new HubRig();
        TestClient client = rig.Attach();
        rig.Start();
        byte[] output = Pattern(Much), errors = Pattern(5000);
        int done = Fill(rig, output, 0);
        Assert.Equal(errors.Length, HubRig.Put(rig.Stderr, errors));
        rig.Turn(100);
        End(rig);
        rig.Until(client.HasEnded, 60_000);

        (byte[] gotOut, byte[] gotErr) = client.Bytes;
        Assert.True(output.AsSpan(0, done).SequenceEqual(gotOut));
        Assert.True(errors.AsSpan().SequenceEqual(gotErr));
    }

    [Fact]
    public void Reader_ThatGoesInTheMiddle_HoldsNobody()
    {
        using var rig = new HubRig();
        TestClient client = rig.Attach();
        rig.Start();
        byte[] output = Pattern(Much);
        int done = Fill(rig, output, 0);
        client.Close();

        rig.Until(() => (done += HubRig.Put(rig.Stdout, output.AsSpan(done, Math.Min(100_000, output.Length - done)))) == output.Length, 60_000);
        End(rig);
        rig.Until(() => rig.Hub.IsDrained && !rig.Hub.HasClients);
    }

    [Fact]
    public void Process_ThatEndsWhileTheReaderStandsStill_IsDrainedAndLosesNothing()
    {
        using var rig = new HubRig();
        TestClient client = rig.Attach();
        rig.Start();
        byte[] output = Pattern(Much);
        int done = Fill(rig, output, 0);
        End(rig);
        rig.Until(() => rig.Hub.IsDrained);

        rig.Until(client.HasEnded, 60_000);
        Assert.True(output.AsSpan(0, done).SequenceEqual(client.Bytes.Stdout));
    }

    [Fact]
    public void Reader_ThatTakesNothingForTooLong_IsCutOff()
    {
        using var rig = new HubRig(new StreamLimits { StallAlone = TimeSpan.FromSeconds(1) });
        rig.Attach();
        rig.Start();
        byte[] output = Pattern(Much);
        int done = Fill(rig, output, 0);

        rig.Until(() => !rig.Hub.HasClients, 60_000);
        rig.Until(() => (done += HubRig.Put(rig.Stdout, output.AsSpan(done, Math.Min(100_000, output.Length - done)))) == output.Length, 60_000);
    }

    // Writes until neither pipe nor socket takes more.
    private static int Fill(HubRig rig, byte[] output, int done)
    {
        for (int idle = 0; idle < 20;)
        {
            int more = HubRig.Put(rig.Stdout, output.AsSpan(done, Math.Min(100_000, output.Length - done)));
            done += more;
            idle = more == 0 ? idle + 1 : 0;
            rig.Loop.Turn(1);
        }

        return done;
    }

    private static void End(HubRig rig)
    {
        rig.Hub.Drained = rig.Hub.Finish;
        rig.Stdout.Dispose();
        rig.Stderr.Dispose();
        rig.Hub.ProcessEnded();
    }

    // No two of its pages are alike.
    private static byte[] Pattern(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
