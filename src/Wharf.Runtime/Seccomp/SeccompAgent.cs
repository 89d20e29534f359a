using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Seccomp;

/// <summary>
/// Whoever decides over the calls that a profile gives to SCMP_ACT_NOTIFY: a program of the host that listens on a unix socket and is sent the filter's
/// listener with the container's state (config-linux.md, "Seccomp", and "The Container Process State").
/// </summary>
internal sealed class SeccompAgent
{
    private readonly string _path;
    private readonly string? _metadata;
    private readonly Func<int, ContainerState> _state;

    private SeccompAgent(string path, string? metadata, Func<int, ContainerState> state)
    {
        _path = path;
        _metadata = metadata;
        _state = state;
    }

    /// <summary>Null where the profile asks nobody.</summary>
    /// <param name="profile">The profile; a listener path without SCMP_ACT_NOTIFY is not used, as with runc.</param>
    /// <param name="state">The container's state when the process with this pid is made.</param>
    /// <exception cref="WharfException">InvalidArgument: nobody is named to answer.</exception>
    public static SeccompAgent? Of(LinuxSeccomp? profile, Func<int, ContainerState> state) =>
        profile is null || !SeccompCompiler.Notifies(profile) ? null
        : profile.ListenerPath is { Length: > 0 } path ? new SeccompAgent(path, profile.ListenerMetadata, state)
        : throw WharfException.Invalid("seccomp listenerPath is not set");

    /// <summary>Gives the agent the listener, which is a descriptor of the new process.</summary>
    /// <exception cref="WharfException">There is no agent, or the descriptor cannot be taken (pidfd_getfd(2), Linux 5.6).</exception>
    public void Tell(int pid, SafeFileHandle pidfd, int listener)
    {
        ProcessCalls.TakeDescriptor(pidfd, listener, out SafeFileHandle taken).ThrowIfError("pidfd_getfd", "seccomp listener");
        using (taken)
        {
            Errno errno = UnixSocketCalls.Connect(_path, SocketKind.Stream, nonBlocking: false, out SafeFileHandle socket);
            using (socket)
            {
                if (errno != Errno.None)
                {
                    throw WharfException.Internal($"failed to connect with seccomp agent specified in the seccomp profile: {_path}: {errno.Describe()}");
                }

                Send(socket, Message(pid), taken.Number());
            }
        }
    }

    private void Send(SafeFileHandle socket, byte[] message, int listener)
    {
        UnixSocketCalls.Send(socket, message, [listener], out int sent).ThrowIfError("sendmsg", _path);
        // the descriptor goes with the first byte; a stream may take the rest in parts
        FileCalls.WriteAll(socket, message.AsSpan(sent)).ThrowIfError("write", _path);
    }

    private byte[] Message(int pid)
    {
        ContainerState state = _state(pid);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion"u8, RuntimeSpec.Version);
            json.WriteStartArray("fds"u8);
            json.WriteStringValue("seccompFd"u8);
            json.WriteEndArray();
            json.WriteNumber("pid"u8, pid);
            if (_metadata is { Length: > 0 })
            {
                json.WriteString("metadata"u8, _metadata);
            }

            json.WritePropertyName("state"u8);
            json.WriteRawValue(ContainerStateJson.Write(state));
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
