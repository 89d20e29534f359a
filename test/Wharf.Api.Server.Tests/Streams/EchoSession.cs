using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Wharf.Engine.Streams;

namespace Wharf.Api.Server.Tests.Streams;

/// <summary>A process that shouts back what it reads and, at the end of its input, says how much that was.</summary>
internal sealed class EchoSession(bool raw = true) : IStreamSession
{
    public bool Raw => raw;

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<StreamEnd> RunAsync(PipeReader input, PipeWriter output, Socket? outlet, CancellationToken ct)
    {
        try
        {
            long total = 0;
            while (true)
            {
                ReadResult result = await input.ReadAsync(ct);
                foreach (ReadOnlyMemory<byte> piece in result.Buffer)
                {
                    total += piece.Length;
                    await output.WriteAsync(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(piece.Span).ToUpperInvariant()), ct);
                }

                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }

            await output.WriteAsync(Encoding.Latin1.GetBytes($"[end after {total}]"), ct);
            return StreamEnd.Finished;
        }
        finally
        {
            Ended.TrySetResult();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A process that writes much and reads nothing.</summary>
internal sealed class FloodSession(int bytes) : IStreamSession
{
    public bool Raw => true;

    public async Task<StreamEnd> RunAsync(PipeReader input, PipeWriter output, Socket? outlet, CancellationToken ct)
    {
        byte[] block = new byte[64 * 1024];
        for (int sent = 0; sent < bytes; sent += block.Length)
        {
            Array.Fill(block, (byte)('a' + (sent / block.Length % 26)));
            await output.WriteAsync(block.AsMemory(0, Math.Min(block.Length, bytes - sent)), ct);
        }

        return StreamEnd.Finished;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A process that is silent until it is told to end.</summary>
internal sealed class SilentSession : IStreamSession
{
    public bool Raw => false;

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<StreamEnd> RunAsync(PipeReader input, PipeWriter output, Socket? outlet, CancellationToken ct)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }

        return StreamEnd.Finished;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>As <see cref="EchoSession"/>, with Docker's frames around the output when there is no terminal.</summary>
internal sealed class FramedEchoSession(bool raw) : IStreamSession
{
    public bool Raw => raw;

    public async Task<StreamEnd> RunAsync(PipeReader input, PipeWriter output, Socket? outlet, CancellationToken ct)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(ct);
            byte[] text = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(result.Buffer.ToArray()).ToUpperInvariant());
            input.AdvanceTo(result.Buffer.End);
            if (text.Length > 0)
            {
                await output.WriteAsync((byte[])(raw ? text : [1, 0, 0, 0, 0, 0, 0, (byte)text.Length, .. text]), ct);
            }

            if (result.IsCompleted)
            {
                return StreamEnd.Finished;
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
