using System.Net.Sockets;
using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

public sealed class AttachEndTests(SharedEngine shared) : EngineTest(shared)
{
    // Libraries read an attached container to its end and ask at once how it ended.
    [Fact]
    public void Attach_WhenTheStreamEnds_TheEndIsOnRecord()
    {
        for (int i = 0; i < 10; i++)
        {
            string name = NewName();
            Run(Client.Docker, "create", "--name", name, "busybox", "sh", "-c", "echo last words; exit 3").Ok();
            using Socket attached = Engine.Connect();
            attached.ReceiveTimeout = 30_000;
            attached.Send(Encoding.ASCII.GetBytes(
                $"POST /containers/{name}/attach?stream=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"));
            byte[] buffer = new byte[4096];
            var read = new StringBuilder(Encoding.UTF8.GetString(buffer, 0, attached.Receive(buffer)));

            Assert.Contains(" 204 ", Engine.Http($"POST /containers/{name}/start HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), StringComparison.Ordinal);
            for (int length; (length = attached.Receive(buffer)) > 0;)
            {
                read.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }

            string state = Engine.Get($"/containers/{name}/json");
            Assert.Contains("last words", read.ToString(), StringComparison.Ordinal);
            Assert.Contains("\"Status\":\"exited\"", state, StringComparison.Ordinal);
            Assert.Contains("\"ExitCode\":3", state, StringComparison.Ordinal);
        }
    }

    // A client that attached to it waits for the same answer before it ends.
    [Theory, MemberData(nameof(Clients))]
    public void Wait_ForAContainerThatItsPolicyStartsAgain_AnswersAtTheEndOfTheRun(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--restart", "always", "--name", name, "busybox", "sh", "-c", "sleep 1; exit 5").Ok();

        Assert.Equal("5\n", Run(client, "wait", name).Ok().Out);
    }
}
