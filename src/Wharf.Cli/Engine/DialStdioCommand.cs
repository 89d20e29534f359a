using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Client.Http;

namespace Wharf.Cli.Engine;

/// <summary>What the far side of an ssh connection runs: standard input and output become a connection to the engine.</summary>
internal static class DialStdioCommand
{
    private const int BufferLength = 64 << 10;

    public static Command Definition => new("dial-stdio", "Proxy the stdio stream to the daemon connection. Should not be invoked manually.")
    {
        IsHidden = true,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        using HijackedStream stream = await cli.Client.DialRawAsync(ct);
        var input = new Thread(() =>
        {
            try
            {
                byte[] pending = new byte[BufferLength];
                int read;
                while ((read = cli.Terminal.Input.Read(pending)) > 0)
                {
                    stream.WriteAsync(pending.AsMemory(0, read), CancellationToken.None).AsTask().GetAwaiter().GetResult();
                }

                stream.CloseWrite();
            }
            catch (IOException)
            {
                // the engine hung up: the other direction ends the program
                return;
            }
        }) { IsBackground = true };
        input.Start();
        byte[] buffer = new byte[BufferLength];
        int count;
        while ((count = await stream.ReadAsync(buffer, ct)) > 0)
        {
            cli.Out.Write(buffer.AsSpan(0, count));
        }

        return 0;
    }
}
