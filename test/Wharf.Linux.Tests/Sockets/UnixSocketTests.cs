using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux.Tests.Sockets;

public sealed class UnixSocketTests
{
    [Fact]
    public void Send_Descriptor_ArrivesOpenAndCloseOnExec()
    {
        UnixSocketCalls.Pair(SocketKind.Stream, false, out SafeFileHandle a, out SafeFileHandle b).ThrowIfError("socketpair");
        FileCalls.Pipe(out SafeFileHandle read, out SafeFileHandle write).ThrowIfError("pipe2");
        UnixSocketCalls.Send(a, "hello"u8, [write.Number()], out int sent).ThrowIfError("sendmsg");
        write.Dispose();

        byte[] buffer = new byte[16];
        UnixSocketCalls.Receive(b, buffer, out int received, out SafeFileHandle[] descriptors).ThrowIfError("recvmsg");

        Assert.Equal(5, sent);
        Assert.Equal(5, received);
        FileCalls.WriteAll(Assert.Single(descriptors), "x"u8).ThrowIfError("write");
        FileCalls.Read(read, buffer, out int count).ThrowIfError("read");
        Assert.Equal((1, (byte)'x'), (count, buffer[0]));
        foreach (SafeFileHandle handle in (SafeFileHandle[])[a, b, read, .. descriptors])
        {
            handle.Dispose();
        }
    }

    [Fact]
    public void Credentials_OwnPair_AreOurs()
    {
        UnixSocketCalls.Pair(SocketKind.Stream, false, out SafeFileHandle a, out SafeFileHandle b).ThrowIfError("socketpair");
        using (a)
        using (b)
        {
            Assert.Equal(Errno.None, UnixSocketCalls.Credentials(a, out PeerCredentials peer));
            Assert.Equal(Environment.ProcessId, peer.Pid);
        }
    }
}
