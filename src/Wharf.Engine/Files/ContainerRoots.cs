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

        string bare = PathPattern.Clean("/" + path);
        List<ContainerMount> mounts = [.. record.Definition.Mounts.Where(m => m.Type is "volume" or "bind").OrderBy(m => m.Destination.Length)];
        ContainerMount? mount = mounts.FindLast(m => IsBelow(bare, m.Destination));
        if (mount is null && bare is "/etc/hosts" or "/etc/hostname" or "/etc/resolv.conf" && File.Exists(core.ContainerDirectory(record.Id) + bare["/etc".Length..]))
        {
            // the container's own, mounted there while it runs
            return new OpenedRoot(OpenDirectory(core.ContainerDirectory(record.Id)), inside["/etc".Length..], writable && record.HostConfig.ReadonlyRootfs);
        }

        bool refused = writable && (mount?.ReadOnly ?? record.HostConfig.ReadonlyRootfs);
        if (mounts.Count == 0)
        {
            return new OpenedRoot(core.Images.OpenContainerRootfs(record.Id, readOnly: !writable), inside, refused);
        }

        PrivateTree tree = await AssembleAsync(record, mounts, writable, ct);
        if (mount is null || tree.Mounted.Contains(mount.Destination))
        {
            return new OpenedRoot(tree.Root, inside, refused) { Tree = tree };
        }

        tree.Dispose();
        return await OpenMountAsync(record, mount, inside, writable, ct);
    }

    private async Task<OpenedRoot> OpenMountAsync(ContainerRecord record, ContainerMount mount, string inside, bool writable, CancellationToken ct)
    {
        string rest = inside[mount.Destination.TrimEnd('/').Length..];
        string last = mount.Destination.TrimEnd('/').Split('/')[^1];
        if (mount.Type == "bind" && !Directory.Exists(mount.Source))
        {
            // a file, a socket, a device: its folder is opened, and nothing else of it is reachable by the path
            return new OpenedRoot(OpenDirectory(Path.GetDirectoryName(mount.Source)!), "/" + Path.GetFileName(mount.Source) + rest, writable && mount.ReadOnly, last);
        }

        return await WithSourceAsync(record, mount, source => new OpenedRoot(
            source, rest.Length == 0 ? "/" : rest, writable && mount.ReadOnly, rest is "" or "/" ? last : null, mount.Destination.TrimEnd('/')), ct);
    }

    /// <summary>The container's files with all that is mounted in them while it runs, as its own processes would see them.</summary>
    private async Task<PrivateTree> AssembleAsync(ContainerRecord record, List<ContainerMount> mounts, bool writable, CancellationToken ct)
    {
        var trees = new List<(string Destination, SafeFileHandle Tree)>();
        try
        {
            foreach (ContainerMount mount in mounts.Where(m => m.Type == "volume" || Path.Exists(m.Source)))
            {
                trees.Add((mount.Destination, await WithSourceAsync(record, mount, source =>
                {
                    using (source)
                    {
                        return Clone(source, mount, writable);
                    }
                }, ct)));
            }

            foreach (string file in (string[])["/hosts", "/hostname", "/resolv.conf"])
            {
                // its own ones, which are mounted there while it runs
                if (FileCalls.Open(core.ContainerDirectory(record.Id) + file, OpenFlags.Path | OpenFlags.CloseOnExec, out SafeFileHandle source) == Errno.None)
                {
                    using (source)
                    {
                        trees.Add(("/etc" + file, Clone(source, new ContainerMount { Type = "bind", Destination = "/etc" + file, ReadOnly = record.HostConfig.ReadonlyRootfs }, writable)));
                    }
                }
            }

            string point = Directory.CreateDirectory(Path.Combine(core.Options.ExecRoot, "cp")).FullName;
            using SafeFileHandle own = core.Images.OpenContainerRootfs(record.Id, readOnly: !writable || record.HostConfig.ReadonlyRootfs);
            return PrivateTree.Assemble(own, point, trees);
        }
        finally
        {
            trees.ForEach(t => t.Tree.Dispose());
        }
    }

    private static SafeFileHandle Clone(SafeFileHandle source, ContainerMount mount, bool writable)
    {
        OpenTreeFlags flags = OpenTreeFlags.Clone | OpenTreeFlags.EmptyPath | (mount.NonRecursive ? OpenTreeFlags.None : OpenTreeFlags.Recursive);
        MountCalls.OpenTree(source, "\0"u8, flags, out SafeFileHandle tree).ThrowIfError("open_tree", mount.Destination);
        if (mount.ReadOnly || !writable)
        {
            Errno errno = MountCalls.SetAttributes(tree, MountAttributes.ReadOnly, MountAttributes.None, recursive: !mount.NonRecursive);
            if (errno != Errno.None)
            {
                tree.Dispose();
                throw errno.ToException("mount_setattr", mount.Destination);
            }
        }

        return tree;
    }

    /// <summary>Opens what the mount shows; the volume counts as used meanwhile.</summary>
    private async Task<T> WithSourceAsync<T>(ContainerRecord record, ContainerMount mount, Func<SafeFileHandle, T> use, CancellationToken ct)
    {
        string host = mount.Type == "bind" ? mount.Source : await core.Volumes.MountAsync(mount.Name, record.Id, ct);
        try
        {
            if (mount.Subpath.Length == 0)
            {
                FileCalls.Open(host, OpenFlags.Path | OpenFlags.CloseOnExec, out SafeFileHandle whole).ThrowIfError("open", host);
                return use(whole);
            }

            using SafeFileHandle folder = OpenDirectory(host);
            FileCalls.OpenAt2(folder, mount.Subpath, OpenFlags.Path, ResolveFlags.Beneath | ResolveFlags.NoMagicLinks, out SafeFileHandle part).ThrowIfError("open", mount.Subpath);
            return use(part);
        }
        finally
        {
            if (mount.Type == "volume")
            {
                await core.Volumes.UnmountAsync(mount.Name, record.Id, ct);
            }
        }
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
    /// <summary>What keeps the root's mounts; null where nothing has to.</summary>
    public PrivateTree? Tree { get; init; }

    public void Dispose()
    {
        Root.Dispose();
        Tree?.Dispose();
    }
}
