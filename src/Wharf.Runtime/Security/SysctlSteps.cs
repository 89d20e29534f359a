using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Security;

/// <summary>
/// linux.sysctl: only settings that belong to a namespace of the container's own. They are written through a procfs made for the purpose and
/// attached nowhere, so nothing mounted over the container's /proc can redirect a write.
/// </summary>
internal static class SysctlSteps
{
    private static readonly string[] IpcSettings =
    [
        "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax", "kernel/shmmni", "kernel/shm_rmid_forced",
    ];

    public static void Write(PlanBuilder builder, NamespaceChoice namespaces)
    {
        if (builder.Linux.Sysctl is not { Count: > 0 } settings)
        {
            return;
        }

        SyscallPlan plan = builder.Plan;
        PlanSlot proc = PrivateProc.Open(builder);
        foreach ((string name, string value) in settings)
        {
            string path = PathOf(name, value, namespaces);
            plan.Context = $"error setting sysctl {name}";
            PlanSlot file = plan.NewSlot();
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(value);
            plan.OpenInRoot("open", proc, "sys/" + path, OpenFlags.WriteOnly, refuseLinks: true).Save(file);
            plan.Add("write", value, Call.write, file, plan.Bytes(bytes), bytes.Length);
        }

        plan.Context = null;
    }

    /// <summary>The path below /proc/sys. Dots separate, unless the name has a slash before its first dot (net/ipv4/conf/eth0.1/...).</summary>
    /// <exception cref="WharfException">InvalidArgument: malformed, or not a setting of a namespace that the container has to itself.</exception>
    internal static string PathOf(string name, string value, NamespaceChoice namespaces)
    {
        int dot = name.IndexOf('.'), slash = name.IndexOf('/');
        string path = slash < 0 || (dot >= 0 && dot < slash)
            ? string.Create(name.Length, name, (span, text) =>
            {
                for (int i = 0; i < span.Length; i++)
                {
                    span[i] = text[i] switch { '.' => '/', '/' => '.', var c => c };
                }
            })
            : name;
        if (Array.Exists(path.Split('/'), part => part is "" or "." or "..") || path.AsSpan().ContainsAny('\n', '\0', ' ') || value.AsSpan().ContainsAny('\n', '\0'))
        {
            throw WharfException.Invalid($"invalid sysctl \"{name}\"");
        }

        NamespaceKinds needed =
            path.StartsWith("net/", StringComparison.Ordinal) ? NamespaceKinds.Network
            : path.StartsWith("fs/mqueue/", StringComparison.Ordinal) || Array.IndexOf(IpcSettings, path) >= 0 ? NamespaceKinds.Ipc
            : path == "kernel/domainname" ? NamespaceKinds.Uts
            : throw WharfException.Invalid($"sysctl \"{name}\" is not in a separate kernel namespace");
        return namespaces.IsSeparate(needed)
            ? path
            : throw WharfException.Invalid($"sysctl \"{name}\" is not allowed in the hosts {NamespaceCalls.FileName(needed)} namespace");
    }
}
