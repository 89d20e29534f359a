using System.Text;
using System.Text.Json;
using Wharf.Api.Containers;
using Wharf.Api.Json;
using Wharf.Client.Answers;

namespace Wharf.Client.Tests;

public sealed class AnswerTests
{
    private const string Container = """
        {"Args":[["nested",{"Id":"no"}]],"Id":"abc","State":{"Status":"running","Running":true,"Paused":false,"Restarting":true,"Health":{"Running":false}},
         "Config":{"Labels":{"Tty":"false"},"Tty":true,"OpenStdin":true,"Env":null},"HostConfig":{"Binds":null,"AutoRemove":true,"LogConfig":{"Config":{}}},"Name":"/\u0041"}
        """;

    [Fact]
    public void Glance_WholeAnswer_FindsWhatDecides()
    {
        ContainerGlance glance = ContainerGlance.Parse(Encoding.UTF8.GetBytes(Container));

        Assert.Equal(("abc", true, false, true), (glance.Id, glance.Running, glance.Paused, glance.Restarting));
        Assert.Equal((true, true, true), (glance.Tty, glance.OpenStdin, glance.AutoRemove));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"State":null,"Config":[1,{"Tty":true}],"HostConfig":"none","Id":null}""")]
    public void Glance_MembersMissing_IsEmpty(string json)
    {
        ContainerGlance glance = ContainerGlance.Parse(Encoding.UTF8.GetBytes(json));

        Assert.Equal(("", false, false, false), (glance.Id, glance.Running, glance.Tty, glance.AutoRemove));
    }

    [Fact]
    public void Glance_CutAnywhere_IsRefused()
    {
        byte[] json = Encoding.UTF8.GetBytes(Container);

        Assert.All(Enumerable.Range(0, json.Length - 1), length => Assert.ThrowsAny<JsonException>(() => ContainerGlance.Parse(json.AsSpan(0, length))));
    }

    [Theory]
    [InlineData("""{"Id":"abc","Warnings":["one","two"]}""")]
    [InlineData("""{"Warnings":null,"More":{"Id":"x"},"Id":"abc"}""")]
    [InlineData("""{"Warnings":[]}""")]
    public void Created_ReadsAsTheSerializerDoes(string json)
    {
        ContainerCreateResponse expected = JsonSerializer.Deserialize(json, ApiJsonContext.Default.ContainerCreateResponse)!;

        ContainerCreateResponse created = ShortAnswers.Created(Encoding.UTF8.GetBytes(json));

        Assert.Equal(expected.Id, created.Id);
        Assert.Equal(expected.Warnings, created.Warnings);
    }

    [Theory]
    [InlineData("""{"StatusCode":137}""")]
    [InlineData("""{"StatusCode":4294967295,"Error":{"Message":"gone \"away\""}}""")]
    [InlineData("""{"Error":null,"StatusCode":0}""")]
    public void Ended_ReadsAsTheSerializerDoes(string json) =>
        Assert.Equal(JsonSerializer.Deserialize(json, ApiJsonContext.Default.ContainerWaitResponse) is { } e ? (e.StatusCode, e.Error?.Message) : default,
            ShortAnswers.Ended(Encoding.UTF8.GetBytes(json)) is { } ended ? (ended.StatusCode, ended.Error?.Message) : default);

    [Theory]
    [InlineData("""{"ExitCode":3,"Running":false}""", 3L)]
    [InlineData("""{"Running":true,"ExitCode":null,"ProcessConfig":{"ExitCode":9}}""", null)]
    public void ExitCode_OfExec_IsNullWhileItRuns(string json, long? expected) => Assert.Equal(expected, ShortAnswers.ExitCode(Encoding.UTF8.GetBytes(json)));
}
