using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.FirstContact;

public sealed class ApiVersionTests(SharedEngine shared) : EngineTest(shared)
{
    [Theory]
    [InlineData("/_ping")]
    [InlineData("/v1.24/_ping")]
    [InlineData("/v1.55/_ping")]
    [InlineData("/version")]
    [InlineData("/v1.41/containers/json")]
    [InlineData("/images/json")]
    [InlineData("/v1.30/images/json?all=1")]
    [InlineData("/info")]
    [InlineData("/networks")]
    [InlineData("/volumes")]
    [InlineData("/system/df")]
    public void Path_WithAndWithoutVersion_IsServed(string path) => Assert.StartsWith("HTTP/1.1 200", Engine.Get(path));

    [Fact]
    public void Ping_CarriesWhatClientsNegotiateBy()
    {
        string answer = Engine.Get("/_ping");
        Assert.Contains("Api-Version: 1.55", answer);
        Assert.Contains("Ostype: linux", answer);
        Assert.Contains("Docker-Experimental: false", answer);
        Assert.EndsWith("OK", answer.TrimEnd('\r', '\n', '0'));
    }

    [Theory]
    [InlineData("/v1.99/info", "client version 1.99 is too new. Maximum supported API version is 1.55")]
    [InlineData("/v1.10/info", "client version 1.10 is too old. Minimum supported API version is 1.24")]
    public void Version_OutOfRange_Is400(string path, string text)
    {
        string answer = Engine.Get(path);
        Assert.StartsWith("HTTP/1.1 400", answer);
        Assert.Contains(text, answer);
    }

    [Fact]
    public void UnknownPath_Is404WithJsonMessage()
    {
        string answer = Engine.Get("/v1.55/no/such/path");
        Assert.StartsWith("HTTP/1.1 404", answer);
        Assert.Contains("{\"message\":\"page not found\"}", answer);
    }

    [Fact]
    public void Socket_IsNotForEverybody()
    {
        var mode = File.GetUnixFileMode(Engine.Socket);
        Assert.Equal(UnixFileMode.None, mode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute));
    }

    [Fact]
    public void NegotiatedOldVersion_WorksWithStockClient()
    {
        var environment = Engine.ClientEnvironment();
        environment["DOCKER_API_VERSION"] = "1.24";
        Command.Run(ClientPrograms.Of(Client.Docker), ["ps", "-a"], environment: environment).Ok();
    }
}
