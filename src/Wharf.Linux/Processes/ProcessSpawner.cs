using System.Runtime.InteropServices;
using System.Text;

namespace Wharf.Linux;

/// <summary>
/// Starts another program by posix_spawn(3): safe in a process with many threads, unlike fork(2). The child gets all signals at their
/// defaults, unblocked unless told, and only the descriptors it is given.
/// </summary>
public static unsafe class ProcessSpawner
{
    /// <param name="path">The program, as a path; PATH is not searched.</param>
    /// <param name="arguments">argv, the program's name first.</param>
    /// <param name="environment">NAME=value lines; the whole environment of the child.</param>
    /// <param name="descriptors">What the child sees as 0, 1, 2, ...: our descriptor numbers in that order.</param>
    /// <param name="directory">Working directory of the child; ours where null.</param>
    /// <param name="newSession">setsid(2) in the child.</param>
    /// <param name="pid">The child. The caller reaps it.</param>
    /// <param name="blocked">Signals that the child starts with blocked, in all threads its runtime makes before its own code runs.</param>
    public static Errno Spawn(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment,
        ReadOnlySpan<int> descriptors, string? directory, bool newSession, out int pid, SignalSet blocked = default)
    {
        const short SetSignalMask = 8, SetSignalDefault = 4, SetSession = 0x80;
        // glibc: posix_spawn_file_actions_t is 80 bytes, posix_spawnattr_t 336, sigset_t 128
        byte* actions = stackalloc byte[256];
        byte* attributes = stackalloc byte[1024];
        ulong* mask = stackalloc ulong[16];
        ulong* all = stackalloc ulong[16];
        new Span<ulong>(mask, 16).Clear();
        mask[0] = blocked.Bits;
        new Span<ulong>(all, 16).Fill(ulong.MaxValue);
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_init(attributes);
        byte** argv = Vector(arguments);
        byte** envp = Vector(environment);
        int[] lifted = [];
        try
        {
            _ = Libc.posix_spawnattr_setflags(attributes, (short)(SetSignalMask | SetSignalDefault | (newSession ? SetSession : 0)));
            _ = Libc.posix_spawnattr_setsigmask(attributes, mask);
            _ = Libc.posix_spawnattr_setsigdefault(attributes, all);
            lifted = Lift(descriptors);
            for (int i = 0; i < lifted.Length; i++)
            {
                _ = Libc.posix_spawn_file_actions_adddup2(actions, lifted[i], i);
            }

            // what we ourselves inherited from whoever started us may lack close-on-exec
            _ = Libc.posix_spawn_file_actions_addclosefrom_np(actions, Math.Max(lifted.Length, 3));
            if (directory is not null)
            {
                fixed (byte* d = new NativePath(directory))
                {
                    _ = Libc.posix_spawn_file_actions_addchdir_np(actions, d);
                }
            }

            int child;
            fixed (byte* p = new NativePath(path))
            {
                var errno = (Errno)Libc.posix_spawn(&child, p, actions, attributes, argv, envp);
                pid = errno == Errno.None ? child : -1;
                return errno;
            }
        }
        finally
        {
            foreach (int fd in lifted)
            {
                _ = Libc.close(fd);
            }

            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
            Free(argv);
            Free(envp);
        }
    }

    // Copies above every target number, so that no dup2 overwrites a descriptor that a later one still needs.
    private static int[] Lift(ReadOnlySpan<int> descriptors)
    {
        const int F_DUPFD_CLOEXEC = 1030;
        int[] copies = new int[descriptors.Length];
        for (int i = 0; i < copies.Length; i++)
        {
            copies[i] = Libc.fcntl(descriptors[i], F_DUPFD_CLOEXEC, Math.Max(descriptors.Length, 3));
            if (copies[i] < 0)
            {
                Errno errno = SystemCall.LastError;
                foreach (int copy in copies.AsSpan(0, i))
                {
                    _ = Libc.close(copy);
                }

                throw errno.ToException("fcntl", $"descriptor {descriptors[i]}");
            }
        }

        return copies;
    }

    private static byte** Vector(IReadOnlyList<string> strings)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)(strings.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Count; i++)
        {
            int length = Encoding.UTF8.GetByteCount(strings[i]);
            byte* text = (byte*)NativeMemory.Alloc((nuint)length + 1);
            Encoding.UTF8.GetBytes(strings[i], new Span<byte>(text, length));
            text[length] = 0;
            vector[i] = text;
        }

        return vector;
    }

    private static void Free(byte** vector)
    {
        for (byte** p = vector; *p != null; p++)
        {
            NativeMemory.Free(*p);
        }

        NativeMemory.Free(vector);
    }
}
