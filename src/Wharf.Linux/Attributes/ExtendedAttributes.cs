using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Extended attributes as raw bytes (xattr(7)): file capabilities and overlay marks are binary. A path's last link is never followed.
/// A handle may be O_PATH or that of a directory plus a name (<c>directory, name</c>): those go through /proc/self/fd, because the
/// f*xattr calls refuse O_PATH handles and the *at forms are newer than the kernels we support.
/// </summary>
public static unsafe class ExtendedAttributes
{
    private const int Longest = 65536;

    public static Errno Get(NativePath path, NativePath name, out byte[] value)
    {
        fixed (byte* p = path)
        fixed (byte* n = name)
        {
            byte* where = p;
            byte* what = n;
            return Fetch((buffer, size) => Libc.lgetxattr(where, what, (byte*)buffer, size), out value);
        }
    }

    public static Errno Get(SafeFileHandle file, NativePath name, out byte[] value)
    {
        int fd = file.Number();
        fixed (byte* n = name)
        {
            byte* what = n;
            Errno errno = Fetch((buffer, size) => Libc.fgetxattr(fd, what, (byte*)buffer, size), out value);
            GC.KeepAlive(file);
            return errno;
        }
    }

    public static Errno Set(NativePath path, NativePath name, ReadOnlySpan<byte> value)
    {
        fixed (byte* p = path)
        fixed (byte* n = name)
        fixed (byte* v = value)
        {
            return SystemCall.Answer(Libc.lsetxattr(p, n, v, (nuint)value.Length, 0));
        }
    }

    public static Errno Set(SafeFileHandle file, NativePath name, ReadOnlySpan<byte> value)
    {
        fixed (byte* n = name)
        fixed (byte* v = value)
        {
            Errno errno = SystemCall.Answer(Libc.fsetxattr(file.Number(), n, v, (nuint)value.Length, 0));
            GC.KeepAlive(file);
            return errno;
        }
    }

    public static Errno Remove(NativePath path, NativePath name)
    {
        fixed (byte* p = path)
        fixed (byte* n = name)
        {
            return SystemCall.Answer(Libc.lremovexattr(p, n));
        }
    }

    public static Errno Remove(SafeFileHandle file, NativePath name)
    {
        fixed (byte* n = name)
        {
            Errno errno = SystemCall.Answer(Libc.fremovexattr(file.Number(), n));
            GC.KeepAlive(file);
            return errno;
        }
    }

    /// <summary>The names, each without its NUL, in the file system's order.</summary>
    public static Errno List(NativePath path, out List<byte[]> names)
    {
        fixed (byte* p = path)
        {
            byte* where = p;
            Errno errno = Fetch((buffer, size) => Libc.llistxattr(where, (byte*)buffer, size), out byte[] list);
            names = Split(list);
            return errno;
        }
    }

    public static Errno List(SafeFileHandle file, out List<byte[]> names)
    {
        int fd = file.Number();
        Errno errno = Fetch((buffer, size) => Libc.flistxattr(fd, (byte*)buffer, size), out byte[] list);
        GC.KeepAlive(file);
        names = Split(list);
        return errno;
    }

    /// <summary>As <see cref="Get(NativePath, NativePath, out byte[])"/>, but a link in the last place is followed: for /proc/self/fd paths of O_PATH handles.</summary>
    public static Errno GetFollowing(NativePath path, NativePath name, out byte[] value)
    {
        fixed (byte* p = path)
        fixed (byte* n = name)
        {
            byte* where = p;
            byte* what = n;
            return Fetch((buffer, size) => Libc.getxattr(where, what, (byte*)buffer, size), out value);
        }
    }

    /// <summary>As <see cref="List(NativePath, out List{byte[]})"/>, following a link in the last place.</summary>
    public static Errno ListFollowing(NativePath path, out List<byte[]> names)
    {
        fixed (byte* p = path)
        {
            byte* where = p;
            Errno errno = Fetch((buffer, size) => Libc.listxattr(where, (byte*)buffer, size), out byte[] list);
            names = Split(list);
            return errno;
        }
    }

    /// <summary>A path that leads to <paramref name="name"/> in an open directory, for the path forms above.</summary>
    public static byte[] PathOf(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        byte[] prefix = System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{directory.Number()}/");
        return [.. prefix, .. name];
    }

    private delegate nint Call(nint buffer, nuint size);

    // A small buffer first, the largest the kernel knows after ERANGE: one call in the common case.
    private static Errno Fetch(Call call, out byte[] value)
    {
        const int Common = 512;
        byte* small = stackalloc byte[Common];
        nint length = call((nint)small, Common);
        if (length >= 0)
        {
            value = new ReadOnlySpan<byte>(small, (int)length).ToArray();
            return Errno.None;
        }

        value = [];
        Errno errno = SystemCall.LastError;
        if (errno != Errno.ERANGE)
        {
            return errno;
        }

        byte[] large = new byte[Longest];
        fixed (byte* p = large)
        {
            length = call((nint)p, Longest);
        }

        if (length < 0)
        {
            return SystemCall.LastError;
        }

        value = large[..(int)length];
        return Errno.None;
    }

    private static List<byte[]> Split(ReadOnlySpan<byte> list)
    {
        var names = new List<byte[]>();
        while (list.IndexOf((byte)0) is var end and > 0)
        {
            names.Add(list[..end].ToArray());
            list = list[(end + 1)..];
        }

        return names;
    }
}
