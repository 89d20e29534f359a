using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Api;

/// <summary>Small things of the Engine API that test suites of clients look at.</summary>
public sealed class EdgeBehaviourTests(SharedEngine shared) : EngineTest(shared)
{
    [Fact]
    public void Create_WithoutAnything_IsToldSo() =>
        Assert.Contains("config cannot be empty in order to create a container", Post("/containers/create", "{}"), StringComparison.Ordinal);

    [Fact]
    public void Create_BrokenJson_IsExplainedAsGoDoes()
    {
        Assert.Contains("invalid JSON: invalid character 'i' looking for beginning of object key string", Post("/containers/create", "{invalid json"), StringComparison.Ordinal);
        Assert.Contains("unexpected content after JSON", Post("/commit", "{}trailing"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"VolumesFrom\":[\"nosuch\"]}}", "No such container: nosuch")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Links\":[\"nosuch:x\"]}}", "could not get container for nosuch: No such container: nosuch")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"PidMode\":\"container:nosuch\"}}", "No such container: nosuch")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Annotations\":{\"\":\"a\"}}}", "the empty string is not permitted as an annotation key")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"NetworkMode\":\"container\"}}", "invalid container format container:")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"CpusetCpus\":\"0-1,,\"}}", "Invalid value 0-1,, for cpuset cpus")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"/tmp:/x:nocopy\"]}}", "field VolumeOptions must not be specified")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"vol:/x:shared\"]}}", "invalid mount config for type")]
    [InlineData("{\"Image\":\"busybox\",\"NetworkingConfig\":{\"EndpointsConfig\":{\"bridge\":{\"IPAMConfig\":{\"IPv4Address\":\"172.17.0.9\"}}}}}", "user specified IP address is supported on user defined networks only")]
    [InlineData("{\"Image\":\"busybox\",\"NetworkingConfig\":{\"EndpointsConfig\":{\"bridge\":{\"Aliases\":[\"x\"]}}}}", "network-scoped alias is supported only for containers in user defined networks")]
    public void Create_WhatCannotBe_IsABadRequest(string body, string message)
    {
        string answer = Post("/containers/create", body);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains(message, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("w=100", "invalid resize height \\\"\\\": invalid syntax")]
    [InlineData("h=tall&w=100", "invalid resize height \\\"tall\\\": invalid syntax")]
    [InlineData("h=100&w=-1", "invalid resize width \\\"-1\\\": value out of range")]
    [InlineData("h=100&w=4294967296", "invalid resize width \\\"4294967296\\\": value out of range")]
    public void Resize_ToWhatIsNoSize_IsABadRequest(string query, string message)
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "-t", "--name", name, "busybox", "sleep", "100").Ok();
        string answer = Post($"/containers/{name}/resize?{query}", "");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains(message, answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", Post($"/containers/{name}/resize?h=100&w=4294967295", ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosuch", "unable to find user nosuch: no matching entries in passwd file")]
    [InlineData("0:nosuch", "unable to find group nosuch: no matching entries in group file")]
    public void ExecCreate_WithAUserThatNobodyKnows_IsABadRequest(string user, string message)
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "100").Ok();
        string answer = Post($"/containers/{name}/exec", $$"""{"Cmd":["id"],"User":"{{user}}"}""");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains(message, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1.49", true)]
    [InlineData("v1.50", false)]
    public void Info_OldMembers_AreThereForOldClients(string version, bool there)
    {
        string answer = Engine.Http($"GET /{version}/info HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Equal(there, answer.Contains("\"BridgeNfIptables\":false,\"BridgeNfIp6tables\":false", StringComparison.Ordinal));
    }

    [Fact]
    public void Network_OfTheModeById_IsShownByItsName()
    {
        string network = NewName(), name = NewName();
        string id = Run(Client.Docker, "network", "create", network).Ok().Text;
        Assert.StartsWith("HTTP/1.1 201", Post($"/v1.43/containers/create?name={name}",
            $$"""{"Image":"busybox","Cmd":["sleep","100"],"MacAddress":"02:42:08:26:a9:55","HostConfig":{"NetworkMode":"{{id[..10]}}"} }"""), StringComparison.Ordinal);
        Run(Client.Docker, "start", name).Ok();
        Assert.Equal($"{id[..10]} {network}=02:42:08:26:a9:55;", Inspect(name, "{{.HostConfig.NetworkMode}} {{range $n, $e := .NetworkSettings.Networks}}{{$n}}={{$e.MacAddress}};{{end}}"));
        Run(Client.Docker, "rm", "-f", name).Ok();
        Run(Client.Docker, "network", "rm", network).Ok();
    }

    [Fact]
    public void Networks_ThatAreNamed_TakeTheDefaultsPlace()
    {
        string network = NewName(), name = NewName();
        Run(Client.Docker, "network", "create", network).Ok();
        Assert.StartsWith("HTTP/1.1 201", Post($"/containers/create?name={name}",
            $$"""{"Image":"busybox","Cmd":["sleep","100"],"NetworkingConfig":{"EndpointsConfig":{"{{network}}":{} } } }"""), StringComparison.Ordinal);
        Run(Client.Docker, "start", name).Ok();
        Assert.Equal(network, Inspect(name, "{{range $n, $e := .NetworkSettings.Networks}}{{$n}}{{end}}"));
        Run(Client.Docker, "rm", "-f", name).Ok();
        Run(Client.Docker, "network", "rm", network).Ok();
    }

    [Theory]
    [InlineData("macos", "operating system is not supported")]
    [InlineData("%2F", "is an invalid OS component")]
    public void Import_ForAnotherSystem_IsABadRequest(string platform, string message)
    {
        string answer = Post($"/images/create?fromSrc=-&platform={platform}", "");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains(message, answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Link_IsOneMoreNameOfItsTarget()
    {
        string target = NewName(), linking = NewName();
        Run(Client.Docker, "run", "-d", "--name", target, "busybox", "sleep", "100").Ok();
        Run(Client.Docker, "run", "-d", "--name", linking, "--link", target + ":db", "busybox", "sleep", "100").Ok();
        Assert.Equal($"[/{target}:/{linking}/db]", Inspect(linking, "{{.HostConfig.Links}}"));
        Assert.Equal(Inspect(target, "{{.Id}}"), Inspect($"{linking}/db", "{{.Id}}"));
        Assert.Contains($"{target},{linking}/db", Run(Client.Docker, "ps", "--no-trunc", "--format", "{{.Names}}").Ok().Out, StringComparison.Ordinal);
        Run(Client.Docker, "rm", "-f", target).Ok();
        Assert.Equal("[]", Inspect(linking, "{{.HostConfig.Links}}"));
    }

    [Fact]
    public void Link_ToWhatDoesNotRun_StopsTheStart()
    {
        string target = NewName(), linking = NewName();
        Run(Client.Docker, "create", "--name", target, "busybox", "true").Ok();
        Run(Client.Docker, "create", "--name", linking, "--link", target, "busybox", "true").Ok();
        Run(Client.Docker, "start", linking).Fails(1, $"Cannot link to a non running container: /{target} AS /{linking}/{target}");
    }

    [Fact]
    public void Exec_StreamHasTheFormThatItsStartAsksFor()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "100").Ok();
        foreach (bool raw in new[] { false, true })
        {
            string created = Post($"/containers/{name}/exec", "{\"AttachStdout\":true,\"Tty\":true,\"Cmd\":[\"echo\",\"hi\"]}");
            string id = created[(created.IndexOf("\"Id\":\"", StringComparison.Ordinal) + 6)..][..64];
            string answer = Post($"/exec/{id}/start", raw ? "{\"Tty\":true}" : "{}");
            Assert.EndsWith(raw ? "\r\n\r\nhi\r\n" : "\u0001\0\0\0\0\0\0\u0004hi\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Attach_ToNobody_IsExplainedInText() =>
        Assert.EndsWith("\r\n\r\nNo such container: doesnotexist\r\n", Post("/containers/doesnotexist/attach", ""), StringComparison.Ordinal);

    [Fact]
    public void Copy_TrailingSlashOnAFile_IsRefused()
    {
        string name = NewName();
        Run(Client.Docker, "create", "--name", name, "busybox", "true").Ok();
        Assert.Contains("not a directory", Engine.Get($"/containers/{name}/archive?path=/etc/passwd/"), StringComparison.Ordinal);
        Assert.Contains($"Could not find the file /dne in container {name}", Engine.Get($"/containers/{name}/archive?path=/dne"), StringComparison.Ordinal);
        Assert.Contains("./etc/passwd", Engine.Get($"/containers/{name}/archive?path=/."), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_CapabilityAsText_IsAListOfOne()
    {
        string name = NewName();
        Assert.StartsWith("HTTP/1.1 201", Post($"/containers/create?name={name}", """{"Image":"busybox","HostConfig":{"CapAdd":"NET_ADMIN","CapDrop":["ALL"]}}"""), StringComparison.Ordinal);
        Assert.Equal("[NET_ADMIN] [ALL]", Inspect(name, "{{.HostConfig.CapAdd}} {{.HostConfig.CapDrop}}"));
    }

    [Fact]
    public void Create_TidiesWhatItIsGiven()
    {
        string name = NewName();
        Run(Client.Docker, "run", "--name", name, "-w", "/tmp/", "-e", "HOME=", "--hostname", "a.example.com", "--cgroup-parent", "../../../x", "-v", "/etc", "busybox",
            "sh", "-c", "echo $HOME; grep -c 'a.example.com a$' /etc/hosts; pwd").Ok();
        Assert.Equal("/root\n1\n/tmp\n", Run(Client.Docker, "logs", name).Ok().Out);
        Assert.Equal("/tmp", Inspect(name, "{{.Config.WorkingDir}}"));
    }

    [Fact]
    public void Events_WithAnEndAlone_TellWhatHasBeen()
    {
        string name = NewName();
        Run(Client.Docker, "create", "--name", name, "busybox", "true").Ok();
        Assert.Contains("container create", Run(Client.Docker, "events", "-f", "container=" + name, "--until", DateTimeOffset.UtcNow.AddSeconds(1).ToUnixTimeSeconds().ToString()).Ok().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Top_Sorts_AsPsDoes()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sh", "-c", "sleep 100 & sleep 200 & wait").Ok();
        string[] lines = Run(Client.Docker, "top", name, "-o", "pid,args", "--sort=-pid").Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int[] pids = [.. lines.Skip(1).Select(l => int.Parse(l.Trim().Split(' ')[0]))];
        Assert.Equal(pids.OrderDescending(), pids);
    }

    [Fact]
    public void Disconnect_FromTheHostNetwork_IsRefused()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "--network", "host", "busybox", "sleep", "100").Ok();
        Run(Client.Docker, "network", "disconnect", "host", name).Fails(1, "cannot disconnect container from host network - container was created in host network mode");
        Run(Client.Docker, "network", "connect", "bridge", name).Fails(1, "container sharing network namespace with another container or host cannot be connected to any other network");
    }

    private string Post(string path, string body) => Engine.Http(
        $"POST {path} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
}
