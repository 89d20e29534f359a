using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>The writable root of a step, in which files are made. Every name is resolved within it; links of the image lead nowhere else.</summary>
/// <param name="root">Handle of the root directory.</param>
/// <param name="layer">The writable layer below the root, where that is an overlay: see <see cref="OpenInLayer"/>.</param>
/// <param name="followsLinks">False for COPY --link, which may know nothing of the image: a link on the way is replaced by a folder.</param>
public sealed class TargetTree(SafeFileHandle root, SafeFileHandle? layer = null, bool followsLinks = true)
{
    /// <summary>As in the kernel (path_resolution(7)).</summary>
    private const int MaxLinks = 40;
    private const uint DefaultMode = 0b111_101_101;
    private const ResolveFlags Within = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;

    public SafeFileHandle Root { get; } = root;

    public bool IsDirectory(string path)
    {
        var errno = FileCalls.OpenAt2(Root, path, OpenFlags.Path | OpenFlags.CloseOnExec, Within, out var file);
        using (file)
        {
            if (errno != Errno.None)
            {
                return false;
            }

            NameCalls.Status(file, out var status).ThrowIfError("statx", path);
            return status.IsDirectory;
        }
    }

    /// <summary>Opens a folder, making what is missing on the way with the owner and mode given; also what a link on the way leads to, within the root.</summary>
    public SafeFileHandle MakeDirectories(string path, (uint User, uint Group) owner, uint mode = DefaultMode)
    {
        string walked = Walk("", PathPattern.Clean("/" + path), owner, mode, 0);
        FileCalls.OpenAt2(Root, walked.Length == 0 ? "." : walked, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, Within, out var directory)
            .ThrowIfError("openat2", path);
        return directory;
    }

    /// <summary>
    /// A folder that was just made, as it lies in the writable layer: nothing of the image is below it, so what is made there needs none of the overlay's work,
    /// which is a third of the time of small files. Null where there is no overlay, or a link of the image leads to the folder.
    /// </summary>
    public SafeFileHandle? OpenInLayer(string path)
    {
        if (layer is null)
        {
            return null;
        }

        var errno = FileCalls.OpenAt2(layer, "." + PathPattern.Clean("/" + path), OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec,
            ResolveFlags.Beneath | ResolveFlags.NoSymlinks, out var folder);
        if (errno == Errno.None)
        {
            return folder;
        }

        folder.Dispose();
        return null;
    }

    // The parts are left as they are, as only the kernel knows what .. means behind a link.
    private string Walk(string walked, string path, (uint User, uint Group) owner, uint mode, int links)
    {
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string next = walked + "/" + part;
            if (!followsLinks)
            {
                RemoveLink(walked, part);
            }

            var errno = FileCalls.OpenAt2(Root, next, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, Within, out var found);
            found.Dispose();
            if (errno == Errno.ENOENT)
            {
                MakeOne(walked, part, owner, mode, links);
            }
            else if (errno == Errno.ENOTDIR)
            {
                throw WharfException.Invalid($"cannot make the folder {path}: {next} is a file in the image");
            }
            else
            {
                errno.ThrowIfError("openat2", next);
            }

            walked = next;
        }

        return walked;
    }

    /// <summary>The content of a small file of the image, or null when there is none (<c>/etc/passwd</c>).</summary>
    public byte[]? ReadSmall(string path, int maxBytes)
    {
        var errno = FileCalls.OpenAt2(Root, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, Within, out var file);
        using (file)
        {
            if (errno != Errno.None)
            {
                return null;
            }

            NameCalls.Status(file, out var status).ThrowIfError("statx", path);
            if (!status.IsRegular)
            {
                return null;
            }

            byte[] content = new byte[Math.Min((long)status.Size, maxBytes)];
            int length = 0;
            while (length < content.Length)
            {
                FileCalls.Read(file, content.AsSpan(length), out int count).ThrowIfError("read", path);
                if (count == 0)
                {
                    break;
                }

                length += count;
            }

            return content[..length];
        }
    }

    private void RemoveLink(string folder, string name)
    {
        FileCalls.OpenAt2(Root, folder.Length == 0 ? "." : folder, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, Within, out var parent)
            .ThrowIfError("openat2", folder);
        using (parent)
        {
            if (NameCalls.Status(parent, name, AtFlags.SymlinkNoFollow, out var status) == Errno.None && status.IsSymbolicLink)
            {
                NameCalls.Unlink(parent, name).ThrowIfError("unlinkat", name);
            }
        }
    }

    private void MakeOne(string folder, string name, (uint User, uint Group) owner, uint mode, int links)
    {
        FileCalls.OpenAt2(Root, folder.Length == 0 ? "." : folder, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, Within, out var parent)
            .ThrowIfError("openat2", folder);
        using (parent)
        {
            var errno = NameCalls.MakeDirectory(parent, name, mode);
            if (errno == Errno.EEXIST)
            {
                // A link to a folder that is not there yet.
                NameCalls.ReadLink(parent, name, out byte[] link).ThrowIfError("readlinkat", name);
                string target = Encoding.UTF8.GetString(link);
                if (links >= MaxLinks)
                {
                    throw WharfException.Invalid($"too many levels of symbolic links: {folder}/{name}");
                }

                Walk(target.StartsWith('/') ? "" : folder, target, owner, mode, links + 1);
                return;
            }

            errno.ThrowIfError("mkdirat", name);
            NameCalls.ChangeMode(parent, name, mode).ThrowIfError("fchmodat", name);
            NameCalls.ChangeOwner(parent, name, owner.User, owner.Group, AtFlags.SymlinkNoFollow).ThrowIfError("fchownat", name);
        }
    }
}
