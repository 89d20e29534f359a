using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Project quotas of xfs and ext4: files carry the number of a project, which a directory hands down to what is made in it, and the file system
/// bounds what all files of a project take (ioctl_xfs_fsgetxattr(2), quotactl(2); by descriptor since Linux 5.14).
/// </summary>
public static unsafe class ProjectQuotaCalls
{
    private const nuint GetAttributes = 0x801c581f;
    private const nuint SetAttributes = 0x401c5820;
    private const uint InheritProject = 0x200;

    // struct fsxattr: xflags, extsize, nextents, projid, cowextsize, 8 bytes of padding
    private const int AttributesLength = 28;
    private const int ProjectOffset = 12;

    // Q_XSETQLIM of PRJQUOTA; struct fs_disk_quota counts in sectors. The generic layer serves it for ext4 too.
    private const int SetLimits = 0x580402;
    private const int QuotaLength = 112;
    private const byte QuotaVersion = 1;
    private const byte ProjectQuota = 2;
    private const ushort SoftAndHardBlocks = 0b1100;
    private const int Sector = 512;

    /// <summary>The project that new files in the directory will belong to, or that it belongs to itself; 0 for none.</summary>
    public static Errno GetProject(SafeFileHandle directory, out uint project)
    {
        byte* attributes = stackalloc byte[AttributesLength];
        Errno errno = SystemCall.Answer(Libc.ioctl(directory.Number(), GetAttributes, (nint)attributes));
        GC.KeepAlive(directory);
        project = errno == Errno.None ? *(uint*)(attributes + ProjectOffset) : 0;
        return errno;
    }

    /// <summary>Puts an empty directory, and all that will be made in it, into a project.</summary>
    public static Errno SetProject(SafeFileHandle directory, uint project)
    {
        byte* attributes = stackalloc byte[AttributesLength];
        Errno errno = SystemCall.Answer(Libc.ioctl(directory.Number(), GetAttributes, (nint)attributes));
        if (errno == Errno.None)
        {
            *(uint*)attributes |= InheritProject;
            *(uint*)(attributes + ProjectOffset) = project;
            errno = SystemCall.Answer(Libc.ioctl(directory.Number(), SetAttributes, (nint)attributes));
        }

        GC.KeepAlive(directory);
        return errno;
    }

    /// <summary>Bounds a project on the file system of <paramref name="place"/>; 0 bytes are no bound. ESRCH, ENOSYS or EOPNOTSUPP where there are no project quotas.</summary>
    public static Errno SetLimit(SafeFileHandle place, uint project, long bytes)
    {
        Span<byte> quota = stackalloc byte[QuotaLength];
        quota.Clear();
        quota[0] = QuotaVersion;
        quota[1] = ProjectQuota;
        BinaryPrimitives.WriteUInt16LittleEndian(quota[2..], SoftAndHardBlocks);
        BinaryPrimitives.WriteUInt32LittleEndian(quota[4..], project);
        BinaryPrimitives.WriteInt64LittleEndian(quota[8..], bytes / Sector);
        BinaryPrimitives.WriteInt64LittleEndian(quota[16..], bytes / Sector);
        fixed (byte* p = quota)
        {
            Errno errno = SystemCall.Answer(Libc.syscall(SyscallNumber.quotactl_fd, place.Number(), SetLimits, (nint)project, (nint)p, 0, 0));
            GC.KeepAlive(place);
            return errno;
        }
    }
}
