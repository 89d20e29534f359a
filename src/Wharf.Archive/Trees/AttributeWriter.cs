using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Archive.Tar;
using Wharf.Linux;

namespace Wharf.Archive.Trees;

/// <summary>Sets extended attributes; those the file system cannot hold are counted and left out, as Docker does.</summary>
internal sealed class AttributeWriter(WhiteoutStyle whiteouts)
{
    public long Skipped { get; private set; }

    /// <summary>A default ACL was set somewhere: new members may get other permissions than asked for.</summary>
    public bool SawDefaultAcl { get; private set; }

    public void Apply(TarEntry entry, TreePath path, SafeFileHandle file)
    {
        foreach (TarAttribute attribute in entry.Attributes)
        {
            Check(IsOurs(attribute) ? Errno.EPERM : ExtendedAttributes.Set(file, attribute.Name, attribute.Value), path, attribute);
        }
    }

    /// <summary>For links and special files, which cannot be opened.</summary>
    public void Apply(TarEntry entry, TreePath path, SafeFileHandle directory, byte[] name)
    {
        foreach (TarAttribute attribute in entry.Attributes)
        {
            Check(IsOurs(attribute) ? Errno.EPERM : ExtendedAttributes.Set(ExtendedAttributes.PathOf(directory, name), attribute.Name, attribute.Value), path, attribute);
        }
    }

    private void Check(Errno errno, TreePath path, TarAttribute attribute)
    {
        if (errno is Errno.EOPNOTSUPP or Errno.EPERM)
        {
            Skipped++;
            return;
        }

        errno.ThrowIfError("setxattr", path);
        SawDefaultAcl |= attribute.Name.AsSpan().SequenceEqual("system.posix_acl_default"u8);
    }

    // An image must not speak to overlayfs in the engine's name: redirects and opaque marks come from whiteouts only.
    private bool IsOurs(TarAttribute attribute) =>
        whiteouts != WhiteoutStyle.Keep && OverlayMarks.IsPrivate(attribute.Name);
}
