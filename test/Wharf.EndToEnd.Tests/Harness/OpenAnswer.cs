using System.Net.Sockets;
using System.Text;

namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>An answer of the API that is still coming: a wait, a stream.</summary>
public sealed class OpenAnswer : IDisposable
{
    private readonly Socket _socket;
    private readonly MemoryStream _received = new();

    /// <summary>Sends a request whose connection closes after the answer.</summary>
    public OpenAnswer(Socket socket, string request)
    {
        _socket = socket;
        _socket.ReceiveTimeout = 60_000;
        _socket.Send(Encoding.UTF8.GetBytes(request));
    }

    /// <summary>Whether something came that <see cref="Rest"/> has not read yet, the end included.</summary>
    public bool HasMore => _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Reads until the head of the answer is there.</summary>
    public void AwaitHead()
    {
        while (!Text.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.True(Receive(), "the connection ended within the head: " + Text);
        }
    }

    /// <summary>Head and body of the answer as they came, once it has ended.</summary>
    public string Rest()
    {
        while (Receive())
        {
        }

        return Text;
    }

    public void Dispose() => _socket.Dispose();

    private string Text => Encoding.UTF8.GetString(_received.ToArray());

    private bool Receive()
    {
        byte[] buffer = new byte[65536];
        int count = _socket.Receive(buffer);
        _received.Write(buffer, 0, count);
        return count > 0;
    }
}
