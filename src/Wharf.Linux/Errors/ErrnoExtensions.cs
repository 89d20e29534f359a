using Wharf.Primitives;

namespace Wharf.Linux;

/// <summary>
/// The rule for kernel answers: an expected one is a value the caller looks at, any other becomes an exception that names the call
/// and its object: <c>r.ThrowIfError("umount2", path)</c> gives "umount2 /x: device or resource busy".
/// </summary>
public static class ErrnoExtensions
{
    /// <summary>The kernel's words for the error, lower case, no full stop.</summary>
    public static string Describe(this Errno errno) => ErrnoText.Of(errno);

    /// <exception cref="WharfException">When <paramref name="errno"/> is an error; the kind is what the number means.</exception>
    public static void ThrowIfError(this Errno errno, string call, string? subject = null)
    {
        if (errno != Errno.None)
        {
            throw errno.ToException(call, subject);
        }
    }

    public static WharfException ToException(this Errno errno, string call, string? subject = null) =>
        new(KindOf(errno), subject is null ? $"{call}: {errno.Describe()}" : $"{call} {subject}: {errno.Describe()}");

    private static ErrorKind KindOf(Errno errno) => errno switch
    {
        Errno.ENOENT or Errno.ESRCH or Errno.ENODEV or Errno.ENXIO => ErrorKind.NotFound,
        Errno.EEXIST or Errno.EBUSY or Errno.ENOTEMPTY => ErrorKind.Conflict,
        Errno.EINVAL or Errno.ENAMETOOLONG or Errno.ENOTDIR or Errno.EISDIR or Errno.ELOOP => ErrorKind.InvalidArgument,
        Errno.EPERM or Errno.EACCES => ErrorKind.Forbidden,
        Errno.ENOSYS or Errno.EOPNOTSUPP => ErrorKind.NotImplemented,
        Errno.ECONNREFUSED or Errno.EAGAIN or Errno.ETIMEDOUT => ErrorKind.Unavailable,
        _ => ErrorKind.Internal,
    };
}
