namespace Wharf.Linux;

/// <summary>Numbers of the calls that came after 5.0: the same on every architecture (asm-generic/unistd.h).</summary>
internal static class SyscallNumber
{
    public const nint pidfd_send_signal = 424;
    public const nint open_tree = 428;
    public const nint move_mount = 429;
    public const nint fsopen = 430;
    public const nint fsconfig = 431;
    public const nint fsmount = 432;
    public const nint fspick = 433;
    public const nint pidfd_open = 434;
    public const nint clone3 = 435;
    public const nint close_range = 436;
    public const nint openat2 = 437;
    public const nint pidfd_getfd = 438;
    public const nint mount_setattr = 442;
    public const nint quotactl_fd = 443;
}
