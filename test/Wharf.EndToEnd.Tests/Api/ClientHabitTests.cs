using System.Net.Sockets;
using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Api;

/// <summary>What libraries for the Engine API do and no command line client does.</summary>
public sealed class ClientHabitTests(SharedEngine shared) : EngineTest(shared)
{
    [Fact]
    public void Attach_WithOptionsInABodyToo_TakesOnlyWhatFollowsForInput()
    {
        string name = NewName();
        Run(Client.Docker, "create", "-i", "--name", name, "busybox", "cat").Ok();
        const string Body = "{\"stream\":true,\"stdin\":true,\"stdout\":true}";
        using Socket attached = Engine.Connect();
        attached.ReceiveTimeout = 20_000;
        attached.Send(Encoding.UTF8.GetBytes(
            $"POST /containers/{name}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        string head = Receive(attached, until: "\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);

        Run(Client.Docker, "start", name).Ok();
        attached.Send("what follows\n"u8);

        Assert.EndsWith("what follows\n", Receive(attached, until: "\n"), StringComparison.Ordinal);
        Assert.Equal("what follows", Run(Client.Docker, "logs", name).Ok().Text);
    }

    [Fact]
    public void WaitAndLogs_AfterTheStartOfAShortRunThatIsRemoved_StillFindIt()
    {
        for (int i = 0; i < 5; i++)
        {
            string name = NewName();
            Run(Client.Docker, "create", "--rm", "--name", name, "busybox", "sh", "-c", "echo short; exit 7").Ok();
            // one connection and one send: what matters is what the engine does, not how busy the machine is between two programs
            string answers = Engine.Http(
                $"POST /containers/{name}/start HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n"
                + $"GET /containers/{name}/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: docker\r\n\r\n"
                + $"POST /containers/{name}/wait HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            Assert.Contains("short\n", answers, StringComparison.Ordinal);
            Assert.Contains("{\"StatusCode\":7}", answers, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Resize_OfWhatHasNoTerminal_IsNoError()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "100").Ok();
        Assert.StartsWith("HTTP/1.1 200", Post($"/containers/{name}/resize?h=20&w=30", ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Network_LookedForInAnotherScope_IsNotThere()
    {
        Assert.StartsWith("HTTP/1.1 200", Engine.Get("/networks/bridge?scope=local"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", Engine.Get("/networks/bridge?scope=global"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", Engine.Get("/networks/bridge?scope=swarm"), StringComparison.Ordinal);
    }

    [Fact]
    public void Volume_ThatIsAskedForAgain_IsToldOfAgain()
    {
        string name = NewName(), volume = "v" + name;
        string since = DateTimeOffset.UtcNow.ToString("O");
        Run(Client.Docker, "volume", "create", volume).Ok();
        Run(Client.Docker, "create", "--name", name, "-v", volume + ":/v", "busybox").Ok();
        string events = Run(Client.Docker, "events", "--since", since, "--until", DateTimeOffset.UtcNow.ToString("O"), "--filter", "volume=" + volume, "--format", "{{.Action}}").Ok().Text;
        Assert.Equal("create\ncreate", events);
    }

    [Fact]
    public void Commit_OfContainersThatEndMeanwhile_Succeeds()
    {
        for (int i = 0; i < 10; i++)
        {
            string name = NewName();
            Run(Client.Docker, "run", "-d", "--name", name, "busybox", "true").Ok();
            Assert.StartsWith("HTTP/1.1 201", Post($"/commit?container={name}&pause=1", "{}"), StringComparison.Ordinal);
        }
    }

    private string Post(string path, string body) =>
        Engine.Http($"POST {path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");

    private static string Receive(Socket socket, string until)
    {
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith(until, StringComparison.Ordinal) && socket.Receive(one) > 0)
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }
}
