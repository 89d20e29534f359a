using Microsoft.Win32.SafeHandles;
using Wharf.Engine.Containers;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Files;

/// <summary>Opens a container's files: through its own process while it runs, otherwise by a mount nobody else sees; a path in a volume leads to the volume.</summary>
internal sealed class ContainerRoots(EngineCore core)
{
    /// <summary>The root, and the path within it.</summary>
    public async Task<OpenedRoot> OpenAsync(Container container, string path, bool writable, CancellationToken ct)
    {
        ContainerRecord record = container.Current;
        string inside = PathPattern.Clean("/" + path);
        string trimmed = path.TrimEnd('/');
        inside += trimmed == "." || trimmed.EndsWith("/.", StringComparison.Ordinal) ? (inside == "/" ? "." : "/.") : inside != "/" && trimmed.Length < path.Length ? "/" : "";
        if (record.State.Pid > 0 && container.Run is not null)
        {
            return new OpenedRoot(OpenDirectory($"/proc/{record.State.Pid}/root"), inside, ReadOnly: writable && record.HostConfig.ReadonlyRootfs && !IsMounted(record, inside));
        }

        ContainerMount? mount = record.Definition.Mounts
            .Where(m => m.Type is "volume" or "bind" && IsBelow(inside, m.Destination)).MaxBy(m => m.Destination.Length);
        if (mount is not null)
        {
            string host = mount.Type == "bind" ? mount.Source : await core.Volumes.MountAsync(mount.Name, record.Id, ct);
            string rest = inside[mount.Destination.TrimEnd('/').Length..];
            string last = mount.Destination.TrimEnd('/').Split('/')[^1];
            if (mount.Type == "bind" && !Directory.Exists(host))
            {
                // a file, a socket, a device: its folder is opened, and nothing else of it is reachable by the path
                return new OpenedRoot(OpenDirectory(Path.GetDirectoryName(host)!), "/" + Path.GetFileName(host) + rest, writable && mount.ReadOnly, last);
            }

            try
            {
                return new OpenedRoot(OpenDirectory(host), rest.Length == 0 ? "/" : rest, writable && mount.ReadOnly, rest is "" or "/" ? last : null, mount.Destination.TrimEnd('/'));
            }
            finally
            {
                if (mount.Type == "volume")
                {
                    await core.Volumes.UnmountAsync(mount.Name, record.Id, ct);
                }
            }
        }

        if (inside is "/etc/hosts" or "/etc/hostname" or "/etc/resolv.conf" && File.Exists(core.ContainerDirectory(record.Id) + inside["/etc".Length..]))
        {
            // the container's own, mounted there while it runs
            return new OpenedRoot(OpenDirectory(core.ContainerDirectory(record.Id)), inside["/etc".Length..], writable && record.HostConfig.ReadonlyRootfs);
        }

        return new OpenedRoot(core.Images.OpenContainerRootfs(record.Id, readOnly: !writable), inside, writable && record.HostConfig.ReadonlyRootfs);
    }

    private static bool IsMounted(ContainerRecord record, string path) => record.Definition.Mounts.Any(m => !m.ReadOnly && IsBelow(path, m.Destination));

    private static bool IsBelow(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static SafeFileHandle OpenDirectory(string path)
    {
        FileCalls.Open(path, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", path);
        return root;
    }
}

/// <param name="Root">Everything is resolved within it.</param>
/// <param name="Path">Absolute within the root.</param>
/// <param name="ReadOnly">Writing there must be refused.</param>
/// <param name="Name">What the path is called where the root stands for a part of the container; null for its own last part.</param>
/// <param name="Prefix">Where the root is in the container.</param>
internal sealed record OpenedRoot(SafeFileHandle Root, string Path, bool ReadOnly, string? Name = null, string Prefix = "") : IDisposable
{
    public void Dispose() => Root.Dispose();
}
