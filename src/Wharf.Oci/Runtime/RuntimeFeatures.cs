namespace Wharf.Oci.Runtime;

/// <summary>What a runtime says it can do (features.md).</summary>
public sealed record RuntimeFeatures
{
    public required string OciVersionMin { get; init; }

    public required string OciVersionMax { get; init; }

    public IReadOnlyList<string>? Hooks { get; init; }

    public IReadOnlyList<string>? MountOptions { get; init; }

    public LinuxFeatures? Linux { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public IReadOnlyList<string>? PotentiallyUnsafeConfigAnnotations { get; init; }
}

public sealed record LinuxFeatures
{
    public IReadOnlyList<string>? Namespaces { get; init; }

    public IReadOnlyList<string>? Capabilities { get; init; }

    public CgroupFeatures? Cgroup { get; init; }

    public SeccompFeatures? Seccomp { get; init; }

    public EnabledFeature? Apparmor { get; init; }

    public EnabledFeature? Selinux { get; init; }

    public EnabledFeature? IntelRdt { get; init; }

    public MountExtensionFeatures? MountExtensions { get; init; }

    public EnabledFeature? NetDevices { get; init; }
}

public sealed record CgroupFeatures
{
    public bool V1 { get; init; }

    public bool V2 { get; init; }

    public bool Systemd { get; init; }

    public bool SystemdUser { get; init; }

    public bool Rdma { get; init; }
}

public sealed record SeccompFeatures
{
    public bool Enabled { get; init; }

    public IReadOnlyList<string>? Actions { get; init; }

    public IReadOnlyList<string>? Operators { get; init; }

    public IReadOnlyList<string>? Archs { get; init; }

    public IReadOnlyList<string>? KnownFlags { get; init; }

    public IReadOnlyList<string>? SupportedFlags { get; init; }
}

public sealed record EnabledFeature
{
    public bool Enabled { get; init; }
}

public sealed record MountExtensionFeatures
{
    public EnabledFeature? Idmap { get; init; }
}
