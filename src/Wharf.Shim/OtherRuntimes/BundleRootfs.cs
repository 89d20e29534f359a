using System.Text.Json;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.OtherRuntimes;

/// <summary>
/// The root file system for a runtime that wants it ready: mounted in a mount namespace of the shim's own, so that it goes with the shim and
/// the host never sees it.
/// </summary>
internal static class BundleRootfs
{
    /// <returns>The specification's member "root" as JSON, which names the place of the mount.</returns>
    public static string Mount(ShimTask task, string bundle)
    {
        if (task.Rootfs is not { } rootfs)
        {
            return Json(task.Spec.Root?.Path ?? "rootfs", task.Spec.Root?.Readonly == true);
        }

        string target = Target(bundle);
        Directory.CreateDirectory(target);
        NamespaceCalls.Unshare(NamespaceKinds.Mount).ThrowIfError("unshare", "mount namespace");
        MountCalls.Mount(null, "/", null, MountFlags.Slave | MountFlags.Recursive).ThrowIfError("mount", "/ as slave");
        if (rootfs.Type == "overlay")
        {
            string data = $"lowerdir={string.Join(':', rootfs.Lower.Select(Escape))},upperdir={Escape(rootfs.Upper)},workdir={Escape(rootfs.Work ?? "")}";
            MountCalls.Mount("overlay", target, "overlay", MountFlags.None, rootfs.Volatile ? data + ",volatile" : data).ThrowIfError("mount", target);
        }
        else if (rootfs.Type == "bind")
        {
            MountCalls.Mount(rootfs.Upper, target, null, MountFlags.Bind | MountFlags.Recursive).ThrowIfError("mount", target);
        }
        else
        {
            throw WharfException.Invalid($"root file systems of type \"{rootfs.Type}\" are unknown");
        }

        return Json(target, rootfs.ReadOnly || task.Spec.Root?.Readonly == true);
    }

    /// <summary>Takes the bundle away, the root file system first.</summary>
    public static void Remove(string bundle)
    {
        Errno errno = MountCalls.Unmount(Target(bundle), UnmountFlags.Detach | UnmountFlags.NoFollow);
        if (errno is not (Errno.EINVAL or Errno.ENOENT))
        {
            errno.ThrowIfError("umount2", Target(bundle));
        }

        // By rmdir: were something still mounted there, its files would be somebody's.
        Errno removed = NameCalls.Unlink(FileCalls.CurrentDirectory, Target(bundle), AtFlags.RemoveDirectory);
        if (removed is Errno.None or Errno.ENOENT && Directory.Exists(bundle))
        {
            Directory.Delete(bundle, recursive: true);
        }
    }

    /// <summary>The specification's member "root" as JSON.</summary>
    public static string Json(string path, bool readOnly) =>
        $"{{\"path\":\"{JsonEncodedText.Encode(path)}\",\"readonly\":{(readOnly ? "true" : "false")}}}";

    private static string Target(string bundle) => Path.Combine(bundle, "rootfs");

    private static string Escape(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
