using Wharf.Archive.Layers;
using Wharf.Archive.Tar;
using Wharf.Linux;

namespace Wharf.Archive.Trees;

/// <summary>The extended attributes that belong in an archive: capabilities, ACLs and the user's own; not those of overlayfs, SELinux or the file system.</summary>
internal static class AttributeReader
{
    public static List<TarAttribute> Read(TreeNode node)
    {
        // A path through /proc/self/fd ends in a magic link: that one must be followed, which the l*xattr calls do not do. So links
        // themselves are left out (they hold no attributes but trusted.*), all else is read by a handle or its /proc path.
        if (node.Status.IsSymbolicLink)
        {
            return [];
        }

        var found = new List<TarAttribute>();
        if (ExtendedAttributes.ListFollowing(node.AttributePath(), out var names) != Errno.None)
        {
            return found; // a file system without attributes
        }

        foreach (byte[] name in names)
        {
            if (Belongs(name) && ExtendedAttributes.GetFollowing(node.AttributePath(), name, out byte[] value) == Errno.None)
            {
                found.Add(new TarAttribute(name, value));
            }
        }

        found.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        return found;
    }

    public static bool Belongs(ReadOnlySpan<byte> name) =>
        (name.StartsWith("user."u8) || name.StartsWith("security."u8) || name.StartsWith("system.posix_acl_"u8))
        && !name.SequenceEqual("security.selinux"u8) && !OverlayMarks.IsPrivate(name);
}
