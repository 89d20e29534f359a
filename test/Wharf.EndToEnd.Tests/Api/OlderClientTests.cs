using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Api;

/// <summary>What the API said and took before its newest version, as clients of that time read and write it.</summary>
public sealed class OlderClientTests(SharedEngine shared) : EngineTest(shared)
{
    private const string OtherPlatform = "%7B%22os%22%3A%22linux%22%2C%22architecture%22%3A%22s390x%22%7D";

    [Theory]
    [InlineData("/v1.48/images/busybox/json", "/v1.49/images/busybox/json")]
    [InlineData("/v1.47/images/busybox/history", "/v1.48/images/busybox/history")]
    [InlineData("/v1.47/images/busybox/get", "/v1.48/images/busybox/get")]
    public void Platform_BeforeItMeantSomething_IsNotLookedAt(string before, string since)
    {
        Assert.StartsWith("HTTP/1.1 200", Engine.Get($"{before}?platform={OtherPlatform}"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", Engine.Get($"{since}?platform={OtherPlatform}"), StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralPlatforms_OfOneArchive_CameLater() =>
        Assert.Contains("multiple platform parameters are not supported in this API version",
            Engine.Get($"/v1.51/images/busybox/get?platform={OtherPlatform}&platform={OtherPlatform}"), StringComparison.Ordinal);

    [Fact]
    public void Images_WithoutAName_WereListedUnderNone()
    {
        string name = NewName(), label = "stage=" + name;
        Run(Client.Docker, "create", "--name", name, "busybox", "true").Ok();
        string id = Run(Client.Docker, "commit", "--change", "LABEL " + label, name).Ok().Text;
        try
        {
            string filters = Uri.EscapeDataString($$"""{"label":["{{label}}"]}""");
            JsonElement before = Json($"/v1.42/images/json?filters={filters}")[0], since = Json($"/v1.43/images/json?filters={filters}")[0];
            Assert.Equal("""["<none>:<none>"]""", before.GetProperty("RepoTags").GetRawText());
            Assert.Equal("""["<none>@<none>"]""", before.GetProperty("RepoDigests").GetRawText());
            Assert.Equal("[]", since.GetProperty("RepoTags").GetRawText());
        }
        finally
        {
            Run(Client.Docker, "rmi", id).Ok();
        }
    }

    [Fact]
    public void Images_ContainersOfEach_AreCountedSince151()
    {
        string container = NewName(), tag = "counted-" + container;
        Run(Client.Docker, "create", "--name", container, "busybox", "true").Ok();
        Run(Client.Docker, "commit", container, tag).Ok();
        Run(Client.Docker, "create", "--name", NewName(), tag, "true").Ok();
        string filters = Uri.EscapeDataString($$"""{"reference":["{{tag}}"]}""");
        Assert.Equal(-1, Json($"/v1.50/images/json?filters={filters}")[0].GetProperty("Containers").GetInt32());
        Assert.Equal(1, Json($"/v1.51/images/json?filters={filters}")[0].GetProperty("Containers").GetInt32());
        Assert.Equal(1, Json("/v1.40/images/json?filter=" + tag).GetArrayLength());
    }

    [Fact]
    public void ImageInspect_MembersThatClientsReadUnasked_AreThere()
    {
        JsonElement config = Json("/v1.51/images/busybox/json").GetProperty("Config");
        foreach (string member in (string[])["Entrypoint", "Labels", "OnBuild", "Volumes", "User", "WorkingDir", "Env", "Cmd"])
        {
            Assert.True(config.TryGetProperty(member, out _), member);
        }

        Assert.False(config.TryGetProperty("Hostname", out _));
        Assert.Equal("", Json("/v1.49/images/busybox/json").GetProperty("Config").GetProperty("Hostname").GetString());
        Assert.True(Json("/v1.44/images/busybox/json").TryGetProperty("ContainerConfig", out _));
        Assert.False(Json("/v1.45/images/busybox/json").TryGetProperty("ContainerConfig", out _));
    }

    [Fact]
    public void Info_OfItsTime()
    {
        Assert.Contains("seccomp", Json("/v1.24/info").GetProperty("SecurityOptions").EnumerateArray().Select(o => o.GetString()));
        Assert.Equal("<not supported>", Json("/v1.24/info").GetProperty("ExecutionDriver").GetString());
        Assert.Contains("name=seccomp,profile=builtin", Json("/v1.25/info").GetProperty("SecurityOptions").EnumerateArray().Select(o => o.GetString()));
        Assert.True(Json("/v1.46/info").GetProperty("RegistryConfig").TryGetProperty("AllowNondistributableArtifactsCIDRs", out _));
        Assert.False(Json("/v1.47/info").GetProperty("RegistryConfig").TryGetProperty("AllowNondistributableArtifactsCIDRs", out _));
        Assert.True(Json("/v1.48/info").GetProperty("RuncCommit").TryGetProperty("Expected", out _));
        Assert.False(Json("/v1.49/info").GetProperty("RuncCommit").TryGetProperty("Expected", out _));
    }

    [Fact]
    public void DiskUsage_OfItsTime()
    {
        Assert.True(Json("/v1.41/system/df?type=image").TryGetProperty("Containers", out _));
        Assert.False(Json("/v1.42/system/df?type=image").TryGetProperty("Containers", out _));
        Assert.True(Json("/v1.52/system/df").TryGetProperty("Images", out _));
        Assert.False(Json("/v1.52/system/df?verbose=1").TryGetProperty("Images", out _));
    }

    [Fact]
    public void Networks_WithTheirContainers_WereListedUntil127()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "100").Ok();
        string filters = Uri.EscapeDataString("""{"name":["^bridge$"]}""");
        Assert.Contains($"\"{name}\"", Json($"/v1.27/networks?filters={filters}")[0].GetProperty("Containers").GetRawText(), StringComparison.Ordinal);
        Assert.False(Json($"/v1.28/networks?filters={filters}")[0].TryGetProperty("Containers", out _));
    }

    [Fact]
    public void Start_WithASettingInItsBody_IsRefused()
    {
        string name = NewName();
        Run(Client.Docker, "create", "--name", name, "busybox", "true").Ok();
        const string Body = """{"PublishAllPorts":true}""";
        string answer = Engine.Http($"POST /v1.43/containers/{name}/start HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24", answer, StringComparison.Ordinal);
        Assert.Equal("created", Inspect(name, "{{.State.Status}}"));
    }

    private JsonElement Json(string path)
    {
        string answer = Engine.Get(path);
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        return JsonDocument.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement;
    }
}
