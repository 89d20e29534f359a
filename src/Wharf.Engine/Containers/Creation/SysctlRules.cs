using Wharf.Api.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Creation;

/// <summary>Kernel settings that belong to a namespace of the container; all others would change the host.</summary>
internal static class SysctlRules
{
    private static readonly string[] Ipc =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    public static void Check(string name, string value, HostConfig host)
    {
        if (value.AsSpan().ContainsAny('\0', '\n'))
        {
            throw WharfException.Invalid($"sysctl '{name}' has an invalid value");
        }

        string key = name.Replace('/', '.');
        if (Ipc.Contains(key) || key.StartsWith("fs.mqueue.", StringComparison.Ordinal))
        {
            Refuse(host.IpcMode == "host", $"sysctl \"{name}\" is not allowed in the hosts ipc namespace");
            return;
        }

        if (key.StartsWith("net.", StringComparison.Ordinal))
        {
            Refuse(host.NetworkMode == "host", $"sysctl \"{name}\" not allowed in host network namespace");
            return;
        }

        if (key is "kernel.domainname" or "kernel.hostname")
        {
            Refuse(host.UTSMode == "host" || key == "kernel.hostname", $"sysctl \"{name}\" is not allowed: use the hostname option");
            return;
        }

        throw WharfException.Invalid($"sysctl \"{name}\" is not in a separate kernel namespace");
    }

    private static void Refuse(bool condition, string text)
    {
        if (condition)
        {
            throw WharfException.Invalid(text);
        }
    }
}
