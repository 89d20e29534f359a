using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Files of procfs, sysfs and cgroups: read and written whole, each write one write(2), since the kernel takes the bytes of one
/// call as one value. Nothing is created or truncated.
/// </summary>
public static class SmallFile
{
    public static Errno TryWrite(string path, string value)
    {
        Errno errno = FileCalls.Open(path, OpenFlags.WriteOnly, out SafeFileHandle file);
        using (file)
        {
            return errno != Errno.None ? errno : FileCalls.Write(file, Encoding.UTF8.GetBytes(value), out _);
        }
    }

    public static void Write(string path, string value) => TryWrite(path, value).ThrowIfError("write", path);

    public static Errno TryRead(string path, out string value)
    {
        value = "";
        Errno errno = FileCalls.Open(path, OpenFlags.ReadOnly, out SafeFileHandle file);
        using (file)
        {
            return errno != Errno.None ? errno : TryRead(file, out value);
        }
    }

    /// <summary>As <see cref="TryRead(string, out string)"/>, the name being one in an open directory.</summary>
    public static Errno TryReadAt(SafeFileHandle directory, string name, out string value)
    {
        value = "";
        Errno errno = FileCalls.OpenAt(directory, name, OpenFlags.ReadOnly, out SafeFileHandle file);
        using (file)
        {
            return errno != Errno.None ? errno : TryRead(file, out value);
        }
    }

    public static string Read(string path)
    {
        TryRead(path, out string value).ThrowIfError("read", path);
        return value;
    }

    private static Errno TryRead(SafeFileHandle file, out string value)
    {
        value = "";
        byte[] buffer = new byte[4096];
        int used = 0;
        while (true)
        {
            Errno errno = FileCalls.Read(file, buffer.AsSpan(used), out int count);
            if (errno != Errno.None)
            {
                return errno;
            }

            if (count == 0)
            {
                value = Encoding.UTF8.GetString(buffer, 0, used);
                return Errno.None;
            }

            used += count;
            if (used == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
