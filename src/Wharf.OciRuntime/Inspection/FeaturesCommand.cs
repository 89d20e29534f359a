using System.Text;
using System.Text.Json;
using Wharf.Oci.Runtime;
using Wharf.OciRuntime.CommandLine;
using Wharf.Runtime;

namespace Wharf.OciRuntime.Inspection;

/// <summary>Prints what this runtime can do (features.md).</summary>
internal static class FeaturesCommand
{
    public static readonly Command Command = new("features", "show the enabled features", [], (arguments, session) =>
    {
        arguments.Operand(0, 0, "features");
        session.Print(Write(RuntimeCapabilities.Features()));
        return 0;
    });

    private static string Write(RuntimeFeatures features)
    {
        LinuxFeatures linux = features.Linux!;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("ociVersionMin"u8, features.OciVersionMin);
            json.WriteString("ociVersionMax"u8, features.OciVersionMax);
            Strings(json, "hooks", features.Hooks);
            Strings(json, "mountOptions", features.MountOptions);
            json.WriteStartObject("linux"u8);
            Strings(json, "namespaces", linux.Namespaces);
            Strings(json, "capabilities", linux.Capabilities);
            Cgroup(json, linux.Cgroup!);
            Seccomp(json, linux.Seccomp!);
            Enabled(json, "apparmor", linux.Apparmor);
            Enabled(json, "selinux", linux.Selinux);
            Enabled(json, "intelRdt", linux.IntelRdt);
            json.WriteStartObject("mountExtensions"u8);
            Enabled(json, "idmap", linux.MountExtensions?.Idmap);
            json.WriteEndObject();
            Enabled(json, "netDevices", linux.NetDevices);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Cgroup(Utf8JsonWriter json, CgroupFeatures cgroup)
    {
        json.WriteStartObject("cgroup"u8);
        json.WriteBoolean("v1"u8, cgroup.V1);
        json.WriteBoolean("v2"u8, cgroup.V2);
        json.WriteBoolean("systemd"u8, cgroup.Systemd);
        json.WriteBoolean("systemdUser"u8, cgroup.SystemdUser);
        json.WriteBoolean("rdma"u8, cgroup.Rdma);
        json.WriteEndObject();
    }

    private static void Seccomp(Utf8JsonWriter json, SeccompFeatures seccomp)
    {
        json.WriteStartObject("seccomp"u8);
        json.WriteBoolean("enabled"u8, seccomp.Enabled);
        Strings(json, "actions", seccomp.Actions);
        Strings(json, "operators", seccomp.Operators);
        Strings(json, "archs", seccomp.Archs);
        Strings(json, "knownFlags", seccomp.KnownFlags);
        Strings(json, "supportedFlags", seccomp.SupportedFlags);
        json.WriteEndObject();
    }

    private static void Enabled(Utf8JsonWriter json, string name, EnabledFeature? feature)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("enabled"u8, feature?.Enabled == true);
        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string>? values)
    {
        json.WriteStartArray(name);
        foreach (string value in values ?? [])
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
