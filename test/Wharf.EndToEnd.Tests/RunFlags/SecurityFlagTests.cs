using System.Net.Sockets;
using System.Text.Json.Nodes;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>What a process may do, by what the kernel says of it and by trying.</summary>
public sealed class SecurityFlagTests(SharedEngine shared) : RunFlagTest(shared)
{
    private string Status(Client client, string key, params string[] flags) => Sh(client, $"sed -n 's/^{key}:\t//p' /proc/self/status", flags);

    [Theory, MemberData(nameof(Clients)), CoversFlags("cap-add", "cap-drop")]
    public void Capabilities_AreThoseOfTheProcess(Client client)
    {
        Assert.Equal("00000000a80435fb", Status(client, "CapEff", "--cap-add", "NET_ADMIN"));
        Assert.Equal("0000000000001000", Status(client, "CapEff", "--cap-drop", "all", "--cap-add", "cap_net_admin"));
        Assert.Equal("00000000a80425fa", Status(client, "CapBnd", "--cap-drop", "CHOWN"));
        Refused(client, "invalid CapAdd: unknown capability: \"CAP_NOPE\"", "--cap-add", "NOPE");
        Refused(client, "invalid CapDrop: unknown capability: \"CAP_NOPE\"", "--cap-drop", "NOPE");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("privileged")]
    public void Privileged_HasAllCapabilitiesNoFilterAndTheDevices(Client client)
    {
        string all = File.ReadLines("/proc/self/status").First(l => l.StartsWith("CapBnd", StringComparison.Ordinal))[8..];
        Assert.Equal(all, Status(client, "CapEff", "--privileged"));
        Assert.Equal("0", Status(client, "Seccomp", "--privileged"));
        Assert.Contains("kmsg", Sh(client, "ls /dev", "--privileged"));
        Assert.Equal("", Sh(client, "mkdir /m && mount -t tmpfs x /m && touch /m/x && cat /m/x", "--privileged"));
        Assert.DoesNotContain("kmsg", Sh(client, "ls /dev"));
    }

    // Held by the program that a profile names, a filter decides call by call: this one takes the state and goes, and what asks it gets "no such call".
    [Theory, MemberData(nameof(Clients))]
    public async Task SeccompAgent_OfAProfile_IsToldOfTheContainerAndOfItsExecs(Client client)
    {
        string path = Path.Combine(Engine.Root, $"agent-{client}.sock"), name = NewName();
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        string profile = TemporaryFile($$"""{"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"{{path}}","listenerMetadata":"told","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_NOTIFY"}]}""");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));

        Task<JsonNode> told = ToldAsync(listener, limit.Token);
        Run(client, "run", "-d", "--name", name, "--security-opt", "seccomp=" + profile, "busybox", "sh", "-c", "mkdir /x; sleep 600").Ok();
        JsonNode first = await told;
        Eventually(() => Run(client, "logs", name).Error.Contains("Function not implemented", StringComparison.Ordinal), "the call that nobody answers fails");
        told = ToldAsync(listener, limit.Token);
        Run(client, "exec", name, "mkdir", "/y").Fails(1, "Function not implemented");
        JsonNode second = await told;

        string pid = Inspect(name, "{{.State.Pid}}");
        Assert.Equal(("told", "creating", pid, pid), ((string?)first["metadata"], (string?)first["state"]!["status"], first["pid"]!.ToString(), first["state"]!["pid"]!.ToString()));
        Assert.Equal(("running", pid, Inspect(name, "{{.Id}}")), ((string?)second["state"]!["status"], second["state"]!["pid"]!.ToString(), (string?)second["state"]!["id"]));
        Assert.NotEqual(pid, second["pid"]!.ToString());
        listener.Dispose();
        Run(client, "exec", name, "true").Fails(128, "failed to connect with seccomp agent");
        Run(client, "run", "--rm", "--security-opt", "seccomp=" + profile, "busybox", "true").Fails(127, "failed to connect with seccomp agent");
    }

    private static async Task<JsonNode> ToldAsync(Socket listener, CancellationToken ct)
    {
        using Socket connection = await listener.AcceptAsync(ct);
        using var text = new MemoryStream();
        byte[] buffer = new byte[65536];
        for (int count; (count = await connection.ReceiveAsync(buffer, ct)) > 0;)
        {
            text.Write(buffer, 0, count);
        }

        return JsonNode.Parse(text.ToArray())!;
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("security-opt")]
    public void SecurityOpt_EachKindActs(Client client)
    {
        Assert.Equal("1", Status(client, "NoNewPrivs", "--security-opt", "no-new-privileges"));
        Assert.Equal("0", Status(client, "NoNewPrivs", "--security-opt", "no-new-privileges=false"));
        Assert.Equal("0", Status(client, "Seccomp", "--security-opt", "seccomp=unconfined"));
        Assert.Equal("2", Status(client, "Seccomp", "--security-opt", "seccomp=builtin"));
        Assert.Equal("2", Status(client, "Seccomp", "--security-opt", "apparmor=unconfined", "--security-opt", "label=disable"));
        string profile = TemporaryFile("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}""");
        Assert.Contains("Operation not permitted", Sh(client, "mkdir /x 2>&1; true", "--security-opt", "seccomp=" + profile));
        Assert.Contains("timer_list", Sh(client, "cat /proc/timer_list >/dev/null 2>&1 || echo timer_list; head -c 1 /proc/timer_list", "--security-opt", "systempaths=unconfined") + "timer_list");
        Assert.Equal("", Sh(client, "grep -E ' /proc/(timer_list|sysrq-trigger|keys) ' /proc/mounts || true", "--security-opt", "systempaths=unconfined"));
        Assert.NotEqual("", Sh(client, "grep -E ' /proc/(timer_list|sysrq-trigger|keys) ' /proc/mounts || true"));
        Run(client, "run", "--rm", "--security-opt", "nonsense=1", "busybox", "true").Fails(125, "invalid --security-opt");
        Run(client, "run", "--rm", "--security-opt", "seccomp=/no/such/file", "busybox", "true").Fails(125, "/no/such/file");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("read-only")]
    public void ReadOnly_RefusesWritesExceptOnTmpfs(Client client)
    {
        Assert.Contains("Read-only file system", Sh(client, "touch /x 2>&1; true", "--read-only"));
        Assert.Contains("Read-only file system", Sh(client, "touch /etc/hosts 2>&1; true", "--read-only=true"));
        Assert.Equal("", Sh(client, "touch /dev/shm/x /t/x 2>&1", "--read-only", "--tmpfs", "/t"));
        Assert.Equal("", Sh(client, "touch /x 2>&1", "--read-only=false"));
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("user", "group-add")]
    public void UserAndGroups_AreThoseOfTheProcess(Client client)
    {
        Assert.Equal("33:33", Sh(client, "echo $(id -u):$(id -g)", "-u", "www-data"));
        Assert.Equal("1:100", Sh(client, "echo $(id -u):$(id -g)", "-u", "daemon:users"));
        Assert.Equal("4711:4712", Sh(client, "echo $(id -u):$(id -g)", "-u", "4711:4712"));
        Assert.Equal("1 33 37 777", Status(client, "Groups", "-u", "daemon", "--group-add", "www-data", "--group-add", "777").Trim());
        Run(client, "run", "--rm", "-u", "nosuch", "busybox", "true").Fails(125, "unable to find user nosuch: no matching entries in passwd file");
        Run(client, "run", "--rm", "--group-add", "nosuch", "busybox", "true").Fails(125, "Unable to find group nosuch");
        Run(client, "run", "--rm", "-u", "4294967295", "busybox", "true").Fails(125, "uids and gids must be in range 0-2147483647");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("sysctl")]
    public void Sysctl_IsSetInTheContainersNamespaces(Client client)
    {
        Assert.Equal("1 12345", Sh(client, "echo $(cat /proc/sys/net/ipv4/ip_forward) $(cat /proc/sys/kernel/msgmax)", "--sysctl", "net.ipv4.ip_forward=1", "--sysctl", "kernel.msgmax=12345"));
        Run(client, "run", "--rm", "--sysctl", "kernel.sysrq=1", "busybox", "true").Fails(125, "sysctl 'kernel.sysrq=1' is not allowed");
        Refused(client, "not allowed in host network namespace", "--network", "host", "--sysctl", "net.ipv4.ip_forward=1");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("device", "device-cgroup-rule")]
    public void Devices_ArePresentWithTheRightsAsked(Client client)
    {
        Assert.Equal("character special file 0 a", Sh(client, "stat -c '%F %t %T' /dev/mine | sed 's/ 1 / 0 /;s/ 5$/ a/'", "--device", "/dev/zero:/dev/mine:r").Replace("1 5", "0 a", StringComparison.Ordinal));
        Assert.Contains("not permitted", Sh(client, "head -c 1 /dev/kmsg 2>&1; mknod /k c 1 11; head -c 1 /k 2>&1; true"));
        Assert.DoesNotContain("not permitted", Sh(client, "mknod /k c 1 11; dd if=/k bs=8192 count=1 iflag=nonblock of=/dev/null 2>&1; true", "--device-cgroup-rule", "c 1:11 r", "--cap-add", "SYSLOG"));
        Assert.Contains("not permitted", Sh(client, "(echo x > /dev/mine) 2>&1; true", "--device", "/dev/kmsg:/dev/mine:r"));
        Run(client, "run", "--rm", "--device", "/dev/nosuch", "busybox", "true").Fails(127, "error gathering device information while adding custom device \"/dev/nosuch\": no such file or directory");
        Run(client, "run", "--rm", "--device-cgroup-rule", "nonsense", "busybox", "true").Fails(125, "invalid device cgroup format 'nonsense'");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("gpus")]
    public void Gpus_WithoutADriver_IsDockersError(Client client) =>
        Refused(client, "could not select device driver \"\" with capabilities: [[gpu]]", "--gpus", "all");

    [Theory, MemberData(nameof(Clients)), CoversFlags("init")]
    public void Init_IsProcessOneAndReaps(Client client)
    {
        string name = Sleeper(client, "--init");
        Assert.StartsWith("/sbin/docker-init", Exec(name, "cat /proc/1/cmdline"));
        Exec(name, "(sleep 0.1 &) ; true");
        Eventually(() => !Exec(name, "cat /proc/[0-9]*/stat | cut -d' ' -f3").Contains('Z'), "no zombie stays");
    }
}
