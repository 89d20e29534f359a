using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Wharf.Shim.Tests.EndToEnd;

/// <summary>Reads an attach socket to its end.</summary>
internal static class AttachStreams
{
    public static async Task<byte[]> ReadToEndAsync(this Socket socket)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[65536];
        while (true)
        {
            int count = await socket.ReceiveAsync(buffer, SocketFlags.None).WaitAsync(TimeSpan.FromSeconds(30));
            if (count == 0)
            {
                return all.ToArray();
            }

            all.Write(buffer, 0, count);
        }
    }

    /// <summary>Takes Docker's frames apart; a frame that has not come in full is left out.</summary>
    public static (string Stdout, string Stderr) Demultiplex(byte[] stream)
    {
        (byte[] stdout, byte[] stderr) = Split(stream);
        return (Encoding.UTF8.GetString(stdout), Encoding.UTF8.GetString(stderr));
    }

    /// <summary>The payloads of all whole frames.</summary>
    public static (byte[] Stdout, byte[] Stderr) Split(byte[] stream)
    {
        MemoryStream[] payloads = [new(), new(), new()];
        ReadOnlySpan<byte> rest = stream;
        while (rest.Length >= 8 && BinaryPrimitives.ReadInt32BigEndian(rest[4..]) is var length && rest.Length >= 8 + length)
        {
            payloads[rest[0]].Write(rest.Slice(8, length));
            rest = rest[(8 + length)..];
        }

        return (payloads[1].ToArray(), payloads[2].ToArray());
    }

    public static async Task SendTextAsync(this Socket socket, string text) => await socket.SendAsync(Encoding.UTF8.GetBytes(text), SocketFlags.None);

    /// <summary>Reads until the text has come.</summary>
    public static async Task<string> ReadUntilAsync(this Socket socket, string text)
    {
        var all = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!all.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await socket.ReceiveAsync(buffer, SocketFlags.None).WaitAsync(TimeSpan.FromSeconds(20));
            Assert.True(count > 0, $"the stream ended before \"{text}\": {all}");
            all.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return all.ToString();
    }
}
