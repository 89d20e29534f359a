using System.Globalization;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>System calls that a default container must not reach, asked of the kernel one by one.</summary>
public sealed class SystemCallTests(SharedEngine shared) : AttackTest(shared)
{
    private const int EPERM = 1, ENOSYS = 38;

    // Docker's list of significant calls that its profile blocks, with the x86-64 numbers, and what came since.
    private static readonly Dictionary<string, int> Denied = new()
    {
        ["acct"] = 163, ["add_key"] = 248, ["bpf"] = 321, ["clock_settime"] = 227, ["create_module"] = 174, ["delete_module"] = 176,
        ["finit_module"] = 313, ["fsconfig"] = 431, ["fsmount"] = 432, ["fsopen"] = 430, ["fspick"] = 433, ["get_kernel_syms"] = 177,
        ["get_mempolicy"] = 239, ["init_module"] = 175, ["io_uring_enter"] = 426, ["io_uring_register"] = 427, ["io_uring_setup"] = 425,
        ["ioperm"] = 173, ["iopl"] = 172, ["kcmp"] = 312, ["kexec_file_load"] = 320, ["kexec_load"] = 246, ["keyctl"] = 250,
        ["lookup_dcookie"] = 212, ["mbind"] = 237, ["migrate_pages"] = 256, ["mount"] = 165, ["mount_setattr"] = 442, ["move_mount"] = 429,
        ["move_pages"] = 279, ["nfsservctl"] = 180, ["open_by_handle_at"] = 304, ["open_tree"] = 428, ["perf_event_open"] = 298,
        ["pidfd_getfd"] = 438, ["pivot_root"] = 155, ["process_madvise"] = 440, ["query_module"] = 178, ["quotactl"] = 179,
        ["quotactl_fd"] = 443, ["reboot"] = 169, ["request_key"] = 249, ["set_mempolicy"] = 238, ["setdomainname"] = 171,
        ["sethostname"] = 170, ["setns"] = 308, ["settimeofday"] = 164, ["swapoff"] = 168, ["swapon"] = 167, ["sysfs"] = 139,
        ["_sysctl"] = 156, ["syslog"] = 103, ["umount2"] = 166, ["unshare"] = 272, ["uselib"] = 134, ["userfaultfd"] = 323, ["ustat"] = 136,
        ["vhangup"] = 153, ["vserver"] = 236,
    };

    [Fact]
    [Trait("attack", "esc-keyctl-bpf-uring-alg-vsock")]
    public void EveryDeniedCall_IsRefusedByTheKernel()
    {
        Dictionary<int, int> answers = Ask(Denied.Values);
        Assert.Equal([], Denied.Where(d => answers[d.Value] != EPERM).Select(d => $"{d.Key} answers {answers[d.Value]}"));
    }

    [Fact]
    [Trait("attack", "esc-keyctl-bpf-uring-alg-vsock")]
    public void Clone3AndUnknownNumbers_DoNotExist() => Assert.All(Ask([435, 600, 1000, 0x40000000 + 39]).Values, answer => Assert.Equal(ENOSYS, answer));

    [Fact]
    [Trait("attack", "esc-keyctl-bpf-uring-alg-vsock")]
    public void SocketsOfTheKernelsCiphersAndOfTheHypervisor_AreRefused()
    {
        string answers = Perl("for my $f (1, 2, 10, 38, 40) { $! = 0; syscall(41, $f, 1, 0); print $f, ':', $! + 0, ' ' } $! = 0; syscall(41, 38, 5, 0); print 'seqpacket:', $! + 0");
        Assert.Equal("1:0 2:0 10:0 38:1 40:1 seqpacket:1", answers);
    }

    [Fact]
    [Trait("attack", "esc-userns-nested")]
    public void CloneIntoNewNamespaces_IsRefused()
    {
        // clone(2) with each CLONE_NEW* alone; SIGCHLD so that a child which should not be there ends as a process
        string answers = Perl("for my $f (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000) { $! = 0; my $p = syscall(56, $f | 17, 0, 0, 0, 0); exit 0 if $p == 0; print $! + 0, ' ' }");
        Assert.Equal("1 1 1 1 1 1 1", answers.Trim());
    }

    [Fact]
    [Trait("attack", "esc-open-by-handle")]
    public void OpenByHandle_IsRefusedWithAndWithoutTheFilter()
    {
        // struct file_handle: bytes, type, then the handle of inode 2, which is the root of an ext4
        const string Sweep = "my %e; for my $inode (2, 11, 12, 64, 128) { for my $type (1, 2, 0x81) { my $h = pack('I i I I', 8, $type, $inode, 0); open(my $m, '<', '/etc/hosts'); $! = 0; my $r = syscall(304, fileno($m), $h, 0); $e{$r >= 0 ? 'opened' : $! + 0}++ } } print join ' ', sort keys %e";
        Assert.Equal("1", Perl(Sweep));
        Assert.Equal("1", Perl(Sweep, "--security-opt", "seccomp=unconfined"));
    }

    [Fact]
    [Trait("attack", "esc-time-ns-uts")]
    public void ClockAndHostName_CannotBeChanged()
    {
        string host = Command.Run("hostname", []).Text;
        // clock_settime, settimeofday, adjtimex and clock_adjtime with ADJ_SETOFFSET, sethostname, setdomainname
        const string Calls = "my $t = pack('q q', 0, 0); my $x = pack('I x200', 0x100); my $n = 'evil'; for my $c ([227, 0, $t], [164, $t, 0], [159, $x], [305, 0, $x], [170, $n, 4], [171, $n, 4]) { $! = 0; my $r = syscall($c->[0], @$c[1 .. $#$c]); print $r < 0 ? $! + 0 : 'done', ' ' }";
        Assert.Equal("1 1 1 1 1 1", Perl(Calls).Trim());
        Assert.Equal("1 1 1 1 1 1", Perl(Calls, "--security-opt", "seccomp=unconfined").Trim());
        Assert.True(DateTime.UtcNow.Year > 2000);
        Assert.Equal(host, Command.Run("hostname", []).Text);
    }

    private Dictionary<int, int> Ask(IEnumerable<int> numbers)
    {
        string answers = Perl($"for my $n ({string.Join(',', numbers)}) {{ $! = 0; my $r = syscall($n, -1, -1, -1, -1, -1, -1); print $n, ' ', $r < 0 ? $! + 0 : 0, qq(\\n) }}");
        return answers.Split('\n').Select(l => l.Split(' ')).ToDictionary(w => int.Parse(w[0], CultureInfo.InvariantCulture), w => int.Parse(w[1], CultureInfo.InvariantCulture));
    }
}
