using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

public sealed class LogsTests(SharedEngine shared) : EngineTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void Logs_OfThreeRuns_AreAppended(Client client)
    {
        string name = NewName();
        Run(client, "run", "--name", name, "busybox", "sh", "-c", "echo o; echo e >&2").Ok();
        Run(client, "start", "-a", name).Ok();
        Run(client, "start", "-a", name).Ok();
        var logs = Run(client, "logs", name).Ok();
        Assert.Equal("o\no\no\n", logs.Out);
        Assert.Equal("e\ne\ne\n", logs.Error);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Logs_TailSinceTimestamps(Client client)
    {
        string name = NewName();
        Run(client, "run", "--name", name, "busybox", "seq", "1", "5000").Ok();
        Assert.Equal("4999\n5000\n", Run(client, "logs", "--tail", "2", name).Ok().Out);
        Assert.Equal("", Run(client, "logs", "--tail", "0", name).Ok().Out);
        Assert.Equal("", Run(client, "logs", "--since", "2099-01-01T00:00:00Z", name).Ok().Out);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z 5000\n$", Run(client, "logs", "-t", "-n", "1", name).Ok().Out);
        Assert.Equal(5000, Run(client, "logs", name).Ok().Out.Count(c => c == '\n'));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Logs_Follow_EndsWithTheContainer(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--name", name, "busybox", "sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done").Ok();
        Assert.Equal("1\n2\n3\n", Run(client, "logs", "-f", name).Ok().Out);
    }

    [Fact]
    public void LogFile_IsJsonLinesWhereToolsLookForIt()
    {
        string name = NewName();
        Run(Client.Docker, "run", "--name", name, "busybox", "echo", "a \"quoted\" <word>").Ok();
        string path = Inspect(name, "{{.LogPath}}");
        string id = Inspect(name, "{{.Id}}");
        Assert.Equal($"{Engine.DataRoot}/containers/{id}/{id}-json.log", path);
        Assert.Matches("""^\{"log":"a \\"quoted\\" \\u003cword\\u003e\\n","stream":"stdout","time":"[^"]+Z"\}\n$""", File.ReadAllText(path));
    }

    [Fact]
    public void LongLines_ComeBackWhole()
    {
        string name = NewName();
        Run(Client.Docker, "run", "--name", name, "busybox", "sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x; echo").Ok();
        Assert.Equal(100001, Run(Client.Docker, "logs", name).Ok().Out.Length);
        Assert.Equal(100001, Run(Client.Wharf, "logs", name).Ok().Out.Length);
    }
}
