using Wharf.Linux;

namespace Wharf.Runtime.Tests.Launch;

internal static class ErrnoAssertions
{
    public static void ThrowIfError(this Errno errno) => errno.ThrowIfError("test set-up");
}
