namespace Wharf.Linux;

/// <summary>Descriptors wholesale: close_range(2).</summary>
public static class DescriptorCalls
{
    /// <summary>Closes every descriptor from <paramref name="first"/> on: what a program does first that was started by somebody it does not trust to have closed them.</summary>
    public static Errno CloseFrom(int first) =>
        SystemCall.Answer(Libc.syscall(SyscallNumber.close_range, first, unchecked((nint)uint.MaxValue), 0, 0, 0, 0));
}
