using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Connections.Sockets;

namespace Wharf.Connections.Tests.Sockets;

public sealed class SocketConnectionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receiving_LargeAndSmallPieces_ComeWholeAndInOrder(bool unix)
    {
        await using ConnectionPair pair = await ConnectionPair.OpenAsync(unix);
        byte[] sent = Noise(5_000_000);
        Task sending = Task.Run(async () =>
        {
            var random = new Random(1);
            for (int at = 0; at < sent.Length;)
            {
                int count = Math.Min(sent.Length - at, random.Next(2) == 0 ? random.Next(1, 50) : random.Next(1, 300_000));
                at += await pair.Client.SendAsync(sent.AsMemory(at, count));
            }

            pair.Client.Shutdown(SocketShutdown.Send);
        });

        byte[] received = await ReadToEndAsync(pair.Server.Transport.Input);
        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sending_AnyPiecesAndFlushesGivenUp_LosesAndRepeatsNothing(bool unix)
    {
        await using ConnectionPair pair = await ConnectionPair.OpenAsync(unix);
        byte[] sent = Noise(8_000_000);
        Task<byte[]> reading = Task.Run(() => ReceiveAllAsync(pair.Client, slow: true));
        var random = new Random(2);
        PipeWriter output = pair.Server.Transport.Output;
        for (int at = 0; at < sent.Length;)
        {
            ReadOnlyMemory<byte> piece = sent.AsMemory(at, Math.Min(sent.Length - at, random.Next(3) == 0 ? random.Next(1, 400_000) : random.Next(1, 100)));
            at += piece.Length;
            using var given = new CancellationTokenSource();
            switch (random.Next(4))
            {
                case 0:
                    piece.CopyTo(output.GetMemory(piece.Length));
                    output.Advance(piece.Length);
                    break;
                case 1:
                    ValueTask<FlushResult> flush = output.WriteAsync(piece, given.Token);
                    await given.CancelAsync();
                    await GivenUp(flush);
                    break;
                case 2:
                    ValueTask<FlushResult> pending = output.WriteAsync(piece);
                    output.CancelPendingFlush();
                    await pending;
                    break;
                default:
                    await output.WriteAsync(piece);
                    break;
            }
        }

        await pair.Server.DisposeAsync();
        byte[] received = await reading.WaitAsync(Limit);
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientsEndOfSending_IsToldAndLeavesTheOtherDirectionOpen(bool unix)
    {
        await using ConnectionPair pair = await ConnectionPair.OpenAsync(unix);
        pair.Client.Shutdown(SocketShutdown.Send);

        await Task.Delay(Timeout.Infinite, pair.Server.ConnectionClosed).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Limit);
        Assert.True((await pair.Server.Transport.Input.ReadAsync()).IsCompleted);
        await pair.Server.Transport.Output.WriteAsync("answer"u8.ToArray());
        await pair.Server.DisposeAsync();
        Assert.Equal("answer"u8.ToArray(), await ReceiveAllAsync(pair.Client, slow: false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientGone_FlushSaysThatNobodyReadsAndThrowsNothing(bool unix)
    {
        await using ConnectionPair pair = await ConnectionPair.OpenAsync(unix);
        pair.Client.LingerState = new LingerOption(true, 0);
        pair.Client.Dispose();

        byte[] block = new byte[100_000];
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (!(await pair.Server.Transport.Output.WriteAsync(block)).IsCompleted)
        {
            Assert.True(patience.Elapsed < Limit, "a client that is gone goes on taking");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_EndsASendAndAReceiveThatWait(bool unix)
    {
        await using ConnectionPair pair = await ConnectionPair.OpenAsync(unix);
        Task<FlushResult> sending = pair.Server.Transport.Output.WriteAsync(new byte[50_000_000]).AsTask();
        Task<ReadResult> reading = pair.Server.Transport.Input.ReadAsync().AsTask();
        Assert.False(sending.IsCompleted);

        pair.Server.Abort(new ConnectionAbortedException("enough"));

        Assert.True((await sending.WaitAsync(Limit)).IsCompleted);
        Assert.Equal("enough", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(Limit))).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_WithoutAReason_IsAnEndTooAndMayComeTwice(bool unix)
    {
        await using ConnectionPair pair = await ConnectionPair.OpenAsync(unix);
        pair.Server.Abort(null!);
        pair.Server.Abort(null!);
        await Assert.ThrowsAnyAsync<ConnectionAbortedException>(async () => await pair.Server.Transport.Input.ReadAsync());
        await pair.Server.DisposeAsync().AsTask().WaitAsync(Limit);
    }

    [Fact]
    public async Task ListenerThatThrows_HarmsNothing()
    {
        await using ConnectionPair pair = await ConnectionPair.OpenAsync(unix: true);
        pair.Server.ConnectionClosed.Register(() => throw new InvalidOperationException("from a listener"));
        pair.Client.Dispose();
        Assert.True((await pair.Server.Transport.Input.ReadAsync()).IsCompleted);
        await pair.Server.DisposeAsync().AsTask().WaitAsync(Limit);
    }

    [Fact]
    public async Task Receiving_NobodyReads_StopsAtABound()
    {
        await using ConnectionPair pair = await ConnectionPair.OpenAsync(unix: true);
        pair.Client.SendTimeout = 2000;
        int taken = 0;
        byte[] block = new byte[64 * 1024];
        Assert.Throws<SocketException>(() =>
        {
            while (taken < 100_000_000)
            {
                taken += pair.Client.Send(block);
            }
        });
        Assert.InRange(taken, 1, 8_000_000);
    }

    [Fact]
    public async Task Connection_ShowsItsSocket()
    {
        await using ConnectionPair pair = await ConnectionPair.OpenAsync(unix: false);
        Assert.Equal(pair.Client.LocalEndPoint, pair.Server.RemoteEndPoint);
        Assert.Equal(pair.Client.LocalEndPoint, pair.Server.Features.Get<IConnectionSocketFeature>()!.Socket.RemoteEndPoint);
        Assert.True(pair.Server.Features.Get<IConnectionSocketFeature>()!.Socket.NoDelay);
    }

    [Fact]
    public async Task Listener_TakenAddressIsSaidAndUnbindEndsAccepting()
    {
        var transport = new SocketTransport(address => TcpSocket.Bind((IPEndPoint)address), NullLogger.Instance);
        IConnectionListener first = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        await Assert.ThrowsAsync<AddressInUseException>(async () => await transport.BindAsync(first.EndPoint));

        ValueTask<ConnectionContext?> accepting = first.AcceptAsync();
        await first.UnbindAsync();
        Assert.Null(await accepting.AsTask().WaitAsync(Limit));
    }

    private static async Task GivenUp(ValueTask<FlushResult> flush)
    {
        try
        {
            await flush;
        }
        catch (OperationCanceledException)
        {
            // it had not ended when it was given up
        }
    }

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadToEndAsync(PipeReader input)
    {
        using var all = new MemoryStream();
        await input.CopyToAsync(all);
        return all.ToArray();
    }

    private static async Task<byte[]> ReceiveAllAsync(Socket client, bool slow)
    {
        using var all = new MemoryStream();
        byte[] block = new byte[200_000];
        for (int i = 0; ; i++)
        {
            if (slow && i % 5 == 0)
            {
                await Task.Delay(1);
            }

            int count = await client.ReceiveAsync(block);
            if (count == 0)
            {
                return all.ToArray();
            }

            all.Write(block, 0, count);
        }
    }
}
