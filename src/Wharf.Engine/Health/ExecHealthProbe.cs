using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Lifecycle;
using Wharf.Engine.Execs;
using Wharf.Engine.Streams;
using Wharf.Linux;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Health;

/// <summary>A probe is an exec in the container whose output is kept and whose end is awaited.</summary>
internal sealed class ExecHealthProbe(EngineCore core, ExecProcess processes) : IHealthProbe
{
    private const int LargestOutput = 4096;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly string[] DefaultShell = ["/bin/sh", "-c"];

    public async Task<HealthcheckResult> RunAsync(Container container, Run run, HealthConfig config, CancellationToken ct)
    {
        DateTimeOffset start = core.Now;
        (int code, string output) = await ProbeAsync(container.Current, run.Shim, config, ct);
        return new HealthcheckResult { Start = Rfc3339.Format(start), End = Rfc3339.Format(core.Now), ExitCode = code, Output = output };
    }

    private async Task<(int Code, string Output)> ProbeAsync(ContainerRecord record, IShim shim, HealthConfig config, CancellationToken ct)
    {
        TimeSpan timeout = config.Timeout > 0 ? TimeSpan.FromMicroseconds(config.Timeout / 1000.0) : DefaultTimeout;
        string id = ObjectId.New();
        IReadOnlyList<string> arguments = config.Test![0] == "CMD" ? config.Test[1..] : [.. record.Config.Shell is { Count: > 0 } shell ? shell : DefaultShell.AsEnumerable(), .. config.Test[1..]];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            using Socket socket = await shim.AttachAsync(new ShimAttach(id, false, true, true, false), ct);
            string line = string.Join(' ', arguments);
            core.Events.Raise(record, "exec_create: " + line, ("execID", id));
            core.Events.Raise(record, "exec_start: " + line, ("execID", id));
            ShimExec exec = processes.Build(id, record, new ExecWish { Arguments = arguments });
            ShimLaunchResult launched = await shim.ExecAsync(exec, ct);
            if (launched.Error is not null)
            {
                return (-1, StartFailure.OfExec(launched).Message);
            }

            using ITimer timer = core.Clock.CreateTimer(_ => limit.Cancel(), null, timeout, Timeout.InfiniteTimeSpan);
            Task<string> reading = ReadAsync(socket, limit.Token);
            try
            {
                ShimExit exit = await shim.ExecExited(id).WaitAsync(limit.Token);
                Died(record, id, exit.ExitCode);
                return (exit.ExitCode, await reading);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                await shim.ExecSignalAsync(id, Signal.Kill, ct);
                Died(record, id, 128 + Signal.Kill);
                string output = await reading;
                return (-1, $"Health check exceeded timeout ({GoDuration(timeout)})" + (output.Length == 0 ? "" : ": " + output));
            }
        }
        catch (Exception e) when (e is WharfException or SocketException or IOException)
        {
            ct.ThrowIfCancellationRequested();
            return (-1, e.Message);
        }
    }

    private void Died(ContainerRecord record, string id, int code) =>
        core.Events.Raise(record, "exec_die", ("execID", id), ("exitCode", code.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    // Takes the payloads out of the frames; what is too much is read and dropped, so that the probe never blocks.
    private static async Task<string> ReadAsync(Socket socket, CancellationToken ct)
    {
        var text = new MemoryStream();
        byte[] header = new byte[StreamFrame.HeaderSize], buffer = new byte[LargestOutput];
        try
        {
            while (await FillAsync(socket, header, header.Length, ct))
            {
                int left = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4));
                while (left > 0)
                {
                    int part = Math.Min(left, buffer.Length);
                    if (!await FillAsync(socket, buffer, part, ct))
                    {
                        break;
                    }

                    left -= part;
                    text.Write(buffer, 0, (int)Math.Min(part, LargestOutput - text.Length));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // out of time: what came so far is the answer
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static async Task<bool> FillAsync(Socket socket, byte[] buffer, int count, CancellationToken ct)
    {
        for (int filled = 0; filled < count;)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(filled, count - filled), SocketFlags.None, ct);
            if (received == 0)
            {
                return false;
            }

            filled += received;
        }

        return true;
    }

    private static string GoDuration(TimeSpan time) => time.TotalSeconds >= 1 ? $"{time.TotalSeconds}s" : $"{time.TotalMilliseconds}ms";
}
