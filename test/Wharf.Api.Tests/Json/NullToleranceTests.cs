using System.Text.Json;
using Wharf.Api.Containers;
using Wharf.Api.Json;
using Wharf.Api.Networks;

namespace Wharf.Api.Tests.Json;

/// <summary>What clients in Go and Python really send: null for everything that is not set.</summary>
public sealed class NullToleranceTests
{
    [Fact]
    public void CreateRequest_WithNullsEverywhere_IsRead()
    {
        const string Json = """
            {"Hostname":null,"Tty":null,"OpenStdin":null,"Env":null,"Cmd":null,"ExposedPorts":{"80/tcp":null},"Volumes":null,"Labels":null,
             "HostConfig":{"Memory":null,"NanoCpus":null,"Privileged":null,"AutoRemove":null,"Binds":null,"PortBindings":{"80/tcp":null},
             "MemorySwappiness":null,"OomKillDisable":null,"ShmSize":null,"LogConfig":null,"RestartPolicy":{"Name":null,"MaximumRetryCount":null}},
             "NetworkingConfig":{"EndpointsConfig":{"bridge":null}}}
            """;
        ContainerCreateRequest? request = JsonSerializer.Deserialize(Json, ApiJson.Context.ContainerCreateRequest);
        Assert.NotNull(request?.HostConfig);
        Assert.False(request.Tty);
        Assert.Equal(0, request.HostConfig.Memory);
        Assert.Null(request.HostConfig.MemorySwappiness);
        Assert.Null(request.HostConfig.PortBindings!["80/tcp"]);
    }

    [Theory]
    [InlineData("""{"Cmd":"echo hi"}""", new[] { "echo hi" })]
    [InlineData("""{"Cmd":["echo","hi"]}""", new[] { "echo", "hi" })]
    [InlineData("""{"Cmd":[]}""", new string[0])]
    [InlineData("""{"cmd":["x"]}""", new[] { "x" })]
    public void Command_AsTextOrList_IsAList(string json, string[] expected) =>
        Assert.Equal(expected, JsonSerializer.Deserialize(json, ApiJson.Context.ContainerConfig)!.Cmd);

    [Theory]
    [InlineData("""{"Cmd":1}""")]
    [InlineData("""{"Cmd":[1]}""")]
    [InlineData("""{"Tty":"yes"}""")]
    [InlineData("""{"HostConfig":{"Memory":"64m"}}""")]
    [InlineData("""{"HostConfig":{"Memory":1.5}}""")]
    [InlineData("""{"HostConfig":[]}""")]
    public void Value_OfTheWrongKind_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ApiJson.Context.ContainerCreateRequest));

    [Fact]
    public void EmptyMembers_AreWrittenAsGoWritesThem()
    {
        string config = JsonSerializer.Serialize(new ContainerConfig { Image = "a<b>&c" }, ApiJson.Context.ContainerConfig);
        Assert.Contains("\"Cmd\":null", config, StringComparison.Ordinal);
        Assert.Contains("\"Entrypoint\":null", config, StringComparison.Ordinal);
        Assert.Contains("\"Image\":\"a<b>&c\"", config, StringComparison.Ordinal);
        Assert.DoesNotContain("Healthcheck", config, StringComparison.Ordinal);
        string endpoint = JsonSerializer.Serialize(new EndpointSettings(), ApiJson.Context.EndpointSettings);
        Assert.Contains("\"IPAMConfig\":null", endpoint, StringComparison.Ordinal);
    }

    [Fact]
    public void HostConfig_RoundTrips()
    {
        var host = new HostConfig { Memory = 7, Binds = ["/a:/b"], PidsLimit = -1, PortBindings = new() { ["80/tcp"] = [new PortBinding { HostPort = "8080" }] } };
        string once = JsonSerializer.Serialize(host, ApiJson.Context.HostConfig);
        Assert.Equal(once, JsonSerializer.Serialize(JsonSerializer.Deserialize(once, ApiJson.Context.HostConfig)!, ApiJson.Context.HostConfig));
    }
}
