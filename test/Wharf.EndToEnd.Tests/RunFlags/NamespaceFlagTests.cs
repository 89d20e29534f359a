using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Which namespaces a container shares, by the kernel's own numbers.</summary>
public sealed class NamespaceFlagTests(SharedEngine shared) : RunFlagTest(shared)
{
    private static string Host(string kind) => new FileInfo($"/proc/self/ns/{kind}").LinkTarget!;

    private string Namespace(Client client, string kind, params string[] flags) => Sh(client, $"readlink /proc/self/ns/{kind}", flags);

    [Theory, MemberData(nameof(Clients)), CoversFlags("pid")]
    public void Pid_OwnHostAndJoined(Client client)
    {
        Assert.NotEqual(Host("pid"), Namespace(client, "pid"));
        Assert.Equal(Host("pid"), Namespace(client, "pid", "--pid", "host"));
        string other = Sleeper(client);
        Assert.Equal(Exec(other, "readlink /proc/self/ns/pid"), Namespace(client, "pid", "--pid", "container:" + other));
        Run(client, "run", "--rm", "--pid", "container:nosuch", "busybox", "true").Fails(125, "No such container: nosuch");
        Run(client, "run", "--rm", "--pid", "nonsense", "busybox", "true").Fails(125, "--pid: invalid PID mode");
    }

    [Theory, MemberData(nameof(Clients))]
    public void Network_OfAnotherContainer_IsJoined(Client client)
    {
        string other = Sleeper(client);
        Assert.Equal(Exec(other, "readlink /proc/self/ns/net"), Namespace(client, "net", "--network", "container:" + other));
        Run(client, "run", "--rm", "--network", "container:nosuch", "busybox", "true").Fails(125, "No such container: nosuch");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("ipc")]
    public void Ipc_PrivateShareableJoinedHostAndNone(Client client)
    {
        Assert.NotEqual(Host("ipc"), Namespace(client, "ipc", "--ipc", "private"));
        Assert.Equal(Host("ipc"), Namespace(client, "ipc", "--ipc", "host"));
        Assert.Equal("no", Sh(client, "grep -q ' /dev/shm ' /proc/mounts && echo yes || echo no", "--ipc", "none"));
        string sharing = Sleeper(client, "--ipc", "shareable");
        Exec(sharing, "echo shared > /dev/shm/note");
        Assert.Equal("shared", Sh(client, "cat /dev/shm/note", "--ipc", "container:" + sharing));
        Assert.Equal(Exec(sharing, "readlink /proc/self/ns/ipc"), Namespace(client, "ipc", "--ipc", "container:" + sharing));
        string closed = Sleeper(client, "--ipc", "private");
        Refused(client, "non-shareable IPC", "--ipc", "container:" + closed);
        Refused(client, "invalid IPC mode: nonsense", "--ipc", "nonsense");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("uts")]
    public void Uts_Host(Client client)
    {
        Assert.NotEqual(Host("uts"), Namespace(client, "uts"));
        Assert.Equal(Host("uts"), Namespace(client, "uts", "--uts", "host"));
        Assert.Equal(Environment.MachineName, Sh(client, "hostname", "--uts", "host"));
        Run(client, "run", "--rm", "--uts", "nonsense", "busybox", "true").Fails(125, "--uts: invalid UTS mode");
        Refused(client, "conflicting options: hostname and the UTS mode", "--uts", "host", "-h", "other");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("userns")]
    public void Userns_Host(Client client)
    {
        Assert.Equal(Host("user"), Namespace(client, "user", "--userns", "host"));
        Run(client, "run", "--rm", "--userns", "nonsense", "busybox", "true").Fails(125, "--userns: invalid USER mode");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("cgroupns")]
    public void Cgroupns_PrivateAndHost(Client client)
    {
        Assert.NotEqual(Host("cgroup"), Namespace(client, "cgroup", "--cgroupns", "private"));
        Assert.DoesNotContain(Engine.Name, Sh(client, "cat /proc/self/cgroup", "--cgroupns", "private"));
        Assert.Equal(Host("cgroup"), Namespace(client, "cgroup", "--cgroupns", "host"));
        Run(client, "run", "--rm", "--cgroupns", "nonsense", "busybox", "true").Fails(125, "--cgroupns: invalid CGROUP mode");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("hostname", "domainname")]
    public void HostnameAndDomainname_AreTheKernels(Client client)
    {
        Assert.Equal("harbour quay.example", Sh(client, "echo $(cat /proc/sys/kernel/hostname) $(cat /proc/sys/kernel/domainname)", "-h", "harbour", "--domainname", "quay.example"));
        Assert.Contains("harbour.quay.example harbour", Sh(client, "cat /etc/hosts", "-h", "harbour", "--domainname", "quay.example").Replace('\t', ' '));
        Assert.Equal("harbour", Sh(client, "cat /etc/hostname", "-h", "harbour"));
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("isolation", "cpu-count", "cpu-percent", "io-maxbandwidth", "io-maxiops")]
    public void WhatOnlyWindowsHas_IsRefusedByName(Client client)
    {
        Sh(client, "true", "--isolation", "default");
        foreach (string[] flags in (string[][])[["--isolation", "hyperv"], ["--cpu-count", "1"], ["--cpu-percent", "5"], ["--io-maxbandwidth", "1m"], ["--io-maxiops", "5"]])
        {
            var run = Run(client, ["run", "--rm", .. flags, "busybox", "true"]);
            Assert.True(run.ExitCode is 1 or 125, run.ToString());
            Assert.True(run.Error.Contains(flags[0].TrimStart('-').Replace("io-max", "", StringComparison.Ordinal)[..3], StringComparison.OrdinalIgnoreCase), run.ToString());
        }
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("runtime")]
    public void Runtime_OwnAndUnknown(Client client)
    {
        string name = Sleeper(client, "--runtime", "runc");
        Assert.Equal("running", Inspect(name, "{{.State.Status}}"));
        Refused(client, "unknown or invalid runtime name: nosuch", "--runtime", "nosuch");
    }
}
