using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Accounts;

namespace Wharf.OciRuntime.Lifecycle;

/// <summary>
/// HOME for a process that is given none: its user's, by the container's own passwd file, or "/". Engines leave it to the runtime, as runc
/// has always set it.
/// </summary>
internal static class HomeVariable
{
    private const string Variable = "HOME=";
    private const string PasswordFile = "/etc/passwd";

    /// <summary>For a container's first process, whose root is not put together yet.</summary>
    public static ProcessSpec? Complete(RuntimeSpec spec, string bundle)
    {
        if (spec.Process is not { } process || IsGiven(process))
        {
            return spec.Process;
        }

        string directory = Path.GetFullPath(spec.Root?.Path ?? "rootfs", bundle), file = PasswordFile;
        foreach (MountSpec mount in spec.Mounts ?? [])
        {
            if (mount.Source is { Length: > 0 } source && Covers(mount.Destination))
            {
                source = Path.GetFullPath(source, bundle);
                (directory, file) = mount.Destination == PasswordFile ? ("/", source) : (source, Path.GetFileName(PasswordFile));
            }
        }

        return Complete(process, directory, file);
    }

    /// <summary>For one more process of a container, in the root that <paramref name="pid"/> has.</summary>
    public static ProcessSpec Complete(ProcessSpec process, int pid) => IsGiven(process) ? process : Complete(process, $"/proc/{pid}/root", PasswordFile);

    private static bool Covers(string destination) => destination is PasswordFile or "/etc";

    private static bool IsGiven(ProcessSpec process) => Array.Exists([.. process.Env ?? []], IsNamed) && !Array.Exists([.. process.Env ?? []], line => line == Variable);

    private static bool IsNamed(string line) => line.StartsWith(Variable, StringComparison.Ordinal);

    private static ProcessSpec Complete(ProcessSpec process, string directory, string file)
    {
        Errno errno = FileCalls.Open(directory, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle root);
        using (root)
        {
            // no root: the launch says so, and in better words
            return errno != Errno.None ? process
                : process with { Env = [.. Array.FindAll([.. process.Env ?? []], line => line != Variable), Variable + Of(root, file, process.User?.Uid ?? 0)] };
        }
    }

    private static string Of(SafeFileHandle root, string file, uint uid)
    {
        string wanted = uid.ToString(CultureInfo.InvariantCulture);
        foreach (string[] entry in AccountFiles.Read(root, file))
        {
            if (entry.Length > 5 && entry[2] == wanted && entry[5].Length > 0)
            {
                return entry[5];
            }
        }

        return "/";
    }
}
