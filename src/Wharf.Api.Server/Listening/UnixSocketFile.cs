using System.Net;
using System.Net.Sockets;
using Wharf.Primitives;

namespace Wharf.Api.Server.Listening;

/// <summary>The file of a listening unix socket: taken over from a dead server, never from a living one; 0660 before it listens.</summary>
internal static class UnixSocketFile
{
    private const UnixFileMode OwnerAndGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Binds a socket that does not listen yet: until then a client is refused, whatever the file's permissions are.</summary>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint, Action<string>? takeOwnership)
    {
        string path = endPoint.ToString();
        RemoveLeftover(path);
        if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory);
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            File.SetUnixFileMode(path, OwnerAndGroup);
            takeOwnership?.Invoke(path);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RemoveLeftover(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }

        throw WharfException.Conflict($"can't create unix socket {path}: another process listens on it");
    }
}
