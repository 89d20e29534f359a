using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

public sealed class EventsTests(SharedEngine shared) : EngineTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void Events_OfARun_ComeInOrder(Client client)
    {
        string name = NewName();
        Run(client, "run", "--name", name, "busybox", "true").Ok();
        Run(client, "rm", name).Ok();
        Thread.Sleep(1100); // the stock client cuts "until" to whole seconds
        string[] actions = Run(client, "events", "--since", "10m", "--until", "0s", "--filter", "container=" + name, "--format", "{{.Action}}").Ok().Text.Split('\n');
        Assert.Equal(["create", "attach", "start", "die", "destroy"], actions.Where(a => a is "create" or "attach" or "start" or "die" or "destroy"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Events_AsJson_CarryExitCodeAndImage(Client client)
    {
        string name = NewName();
        Run(client, "run", "--name", name, "busybox", "sh", "-c", "exit 6").Fails(6);
        Thread.Sleep(1100);
        string text = Run(client, "events", "--since", "10m", "--until", "0s", "--filter", "container=" + name, "--filter", "event=die", "--format", "{{json .}}").Ok().Out;
        Assert.Contains("\"exitCode\":\"6\"", text);
        Assert.Contains("\"image\":\"busybox\"", text);
    }
}
