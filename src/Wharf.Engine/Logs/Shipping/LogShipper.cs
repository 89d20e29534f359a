using System.Net.Sockets;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Lifecycle;
using Wharf.Primitives;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>Sends the logs of containers whose driver is elsewhere, for as long as they run and until their last line is sent.</summary>
internal sealed class LogShipper(EngineCore core, CancellationToken stopping)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    // After the end of a container a receiver that is away gets this long to come back; the position stays for the next run.
    private static readonly TimeSpan AfterEnd = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <summary>Before a start: is there anybody to send to?</summary>
    /// <exception cref="WharfException">Internal, in Docker's words.</exception>
    public static async Task CheckAsync(ContainerRecord record)
    {
        if (!RemoteDrivers.IsRemote(record.HostConfig.LogConfig) || !RemoteDrivers.MustConnect(record.HostConfig.LogConfig!))
        {
            return;
        }

        using ILogSender sender = RemoteDrivers.Sender(record);
        using var limit = new CancellationTokenSource(ConnectLimit);
        try
        {
            await sender.ConnectAsync(limit.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            throw WharfException.Internal($"failed to create task for container: failed to initialize logging driver: {Text(e)}", e);
        }
    }

    public void Watch(Container container, Run run)
    {
        if (RemoteDrivers.IsRemote(container.Current.HostConfig.LogConfig))
        {
            _ = Task.Run(() => ShipAsync(container, run), CancellationToken.None);
        }
    }

    private async Task ShipAsync(Container container, Run run)
    {
        ContainerRecord record = container.Current;
        string file = LogSettings.FileOf(record, core.ContainerDirectory(record.Id));
        try
        {
            using ILogSender sender = RemoteDrivers.Sender(record);
            ShippedPosition position = ShippedPosition.Load(file + ".sent");
            var writer = new ShippingWriter(position, (lines, ct) => SendAsync(record, sender, position, lines, run.Ended.Task, ct));
            var query = new LogQuery { Stdout = true, Stderr = true, Follow = true };
            await using var stream = new FileLogStream(file, new LocalLogDecoder(), writer, query, run.Ended.Task, core.Log);
            await stream.CopyToAsync(writer, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the next daemon sends on from the position
        }
        catch (Exception e)
        {
            core.Log.Error($"the log of container {record.Id} is no longer sent", e);
        }
    }

    private async Task SendAsync(ContainerRecord record, ILogSender sender, ShippedPosition position, IReadOnlyList<ShippedLine> lines, Task ended, CancellationToken ct)
    {
        TimeSpan wait = FirstWait;
        DateTimeOffset? endedAt = null;
        bool told = false;
        for (int i = 0; i < lines.Count;)
        {
            try
            {
                await sender.SendAsync(lines[i], ct);
                position.Sent(lines[i].Time);
                i++;
                wait = FirstWait;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                if (!told)
                {
                    core.Log.Warning($"the log of container {record.Id} waits for its receiver: {Text(e)}");
                    told = true;
                }

                endedAt ??= ended.IsCompleted ? core.Now : null;
                if (core.Now - endedAt > AfterEnd)
                {
                    position.Save();
                    throw;
                }

                await Task.Delay(wait, core.Clock, ct);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
        }

        position.Save();
    }

    private static string Text(Exception e) => e is OperationCanceledException ? "dial: i/o timeout" : e is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "dial: connect: connection refused" : e.Message;
}
