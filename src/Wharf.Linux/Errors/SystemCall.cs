using System.Runtime.InteropServices;

namespace Wharf.Linux;

/// <summary>How an import's result becomes an <see cref="Errno"/>: every call here answers -1 and leaves the number behind.</summary>
internal static class SystemCall
{
    public static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    public static Errno Answer(nint result) => result < 0 ? LastError : Errno.None;

    public static Errno Answer(nint result, out int value)
    {
        value = (int)result;
        return result < 0 ? LastError : Errno.None;
    }
}
