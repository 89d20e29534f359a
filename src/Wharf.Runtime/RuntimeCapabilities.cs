using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Mounts;
using Wharf.Runtime.Seccomp;

namespace Wharf.Runtime;

/// <summary>What this runtime can do, as the features document says it.</summary>
public static class RuntimeCapabilities
{
    public static RuntimeFeatures Features() => new()
    {
        OciVersionMin = "1.0.0",
        OciVersionMax = RuntimeSpec.Version,
        Hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
        MountOptions = MountOptionWords.All,
        Linux = new LinuxFeatures
        {
            Namespaces = ["cgroup", "ipc", "mount", "network", "pid", "user", "uts"],
            Capabilities = Capability.All,
            Cgroup = new CgroupFeatures { V1 = true, V2 = true, Systemd = false, SystemdUser = false, Rdma = true },
            Seccomp = new SeccompFeatures
            {
                Enabled = true,
                Actions = SeccompCompiler.Actions,
                Operators = SeccompCompiler.Operators,
                Archs = SeccompCompiler.Architectures,
                KnownFlags = SeccompCompiler.Flags,
                SupportedFlags = SeccompCompiler.Flags,
            },
            Apparmor = new EnabledFeature { Enabled = true },
            Selinux = new EnabledFeature { Enabled = true },
            IntelRdt = new EnabledFeature { Enabled = false },
            MountExtensions = new MountExtensionFeatures { Idmap = new EnabledFeature { Enabled = false } },
            NetDevices = new EnabledFeature { Enabled = false },
        },
    };
}
