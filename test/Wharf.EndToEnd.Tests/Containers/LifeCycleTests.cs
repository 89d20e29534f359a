using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

public sealed class LifeCycleTests(SharedEngine shared) : EngineTest(shared)
{
    private string Sleeper(Client client, params string[] flags)
    {
        string name = NewName();
        Run(client, ["run", "-d", "--name", name, .. flags, "busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"]).Ok();
        Engine.WaitForTrap(name);
        return name;
    }

    [Theory, MemberData(nameof(Clients))]
    public void States_FollowTheCommands(Client client)
    {
        string name = NewName();
        Run(client, "create", "--name", name, "busybox", "sleep", "600").Ok();
        Assert.Equal("created", Inspect(name, "{{.State.Status}}"));
        Assert.Contains("Created", Run(client, "ps", "-a", "--filter", "name=" + name).Out);
        Assert.Equal(name, Run(client, "start", name).Ok().Text);
        Assert.Equal("running", Inspect(name, "{{.State.Status}}"));
        Run(client, "pause", name).Ok();
        Assert.Equal("paused", Inspect(name, "{{.State.Status}}"));
        Assert.Contains("(Paused)", Run(client, "ps", "--filter", "name=" + name).Out);
        Run(client, "exec", name, "true").Fails(1, "is paused, unpause the container before exec");
        Run(client, "unpause", name).Ok();
        Run(client, "kill", name).Ok();
        Eventually(() => Inspect(name, "{{.State.Status}}") == "exited", "exited after kill");
        Assert.Contains("Exited (137)", Run(client, "ps", "-a", "--filter", "name=" + name).Out);
        Run(client, "exec", name, "true").Fails(1, "is not running");
    }

    [Theory, MemberData(nameof(Clients))]
    public void Stop_SendsTheStopSignal(Client client)
    {
        string name = Sleeper(client);
        Run(client, "stop", name).Ok();
        Assert.Equal("0", Inspect(name, "{{.State.ExitCode}}"));
        Run(client, "stop", name).Ok();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Stop_AfterTheTimeout_Kills(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        Run(client, "stop", "-t", "1", name).Ok();
        Assert.Equal("137", Inspect(name, "{{.State.ExitCode}}"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Restart_RunsAgainWithAnotherProcess(Client client)
    {
        string name = Sleeper(client);
        string before = Inspect(name, "{{.State.Pid}}");
        Run(client, "restart", name).Ok();
        Assert.NotEqual(before, Inspect(name, "{{.State.Pid}}"));
        Assert.Equal("running", Inspect(name, "{{.State.Status}}"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Wait_OfSeveral_PrintsTheirExitCodes(Client client)
    {
        string first = NewName(), second = NewName();
        Run(client, "run", "-d", "--name", first, "busybox", "sh", "-c", "sleep 0.3; exit 3").Ok();
        Run(client, "run", "-d", "--name", second, "busybox", "sh", "-c", "exit 4").Ok();
        Assert.Equal("3\n4\n", Run(client, "wait", first, second).Ok().Out);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Rename_KeepsTheContainer(Client client)
    {
        string name = Sleeper(client), other = NewName();
        string id = Inspect(name, "{{.Id}}");
        Run(client, "rename", name, other).Ok();
        Assert.Equal(id, Inspect(other, "{{.Id}}"));
        Run(client, "inspect", name).Fails(1, "No such object: " + name);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Name_Taken_IsAConflictThatNamesTheOther(Client client)
    {
        string name = Sleeper(client);
        string id = Inspect(name, "{{.Id}}");
        Run(client, "create", "--name", name, "busybox").Fails(1, $"Conflict. The container name \"/{name}\" is already in use by container \"{id}\"");
    }

    [Theory, MemberData(nameof(Clients))]
    public void Remove_OfARunningOne_NeedsForceAndGoesOnWithTheOthers(Client client)
    {
        string running = Sleeper(client), stopped = NewName();
        Run(client, "create", "--name", stopped, "busybox").Ok();
        var result = Run(client, "rm", running, stopped).Fails(1, "stop the container before removing or force remove");
        Assert.Equal(stopped, result.Text);
        Run(client, "rm", "-f", running).Ok();
        Run(client, "rm", running).Fails(1, "No such container: " + running);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Kill_WithASignal_SendsIt(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--name", name, "busybox", "sh", "-c", "trap 'echo got; exit 9' USR1; while :; do sleep 0.05; done").Ok();
        Engine.WaitForTrap(name, 10);
        Run(client, "kill", "-s", "USR1", name).Ok();
        Run(client, "wait", name).Ok();
        Assert.Equal("9", Inspect(name, "{{.State.ExitCode}}"));
        Assert.Equal("got", Run(client, "logs", name).Ok().Text);
        Run(client, "kill", name).Fails(1, "is not running");
    }

    [Theory, MemberData(nameof(Clients))]
    public void NoSuchContainer_IsSaidByEveryVerb(Client client)
    {
        foreach (string[] verb in (string[][])[["start"], ["stop"], ["kill"], ["logs"], ["rm"], ["pause"], ["unpause"], ["restart"], ["wait"], ["top"], ["port"], ["attach"], ["diff"]])
        {
            Run(client, [.. verb, "nosuchcontainer"]).Fails(1, "No such container: nosuchcontainer");
        }
    }

    [Theory, MemberData(nameof(Clients))]
    public void Ids_CanBeShortened(Client client)
    {
        string name = Sleeper(client);
        string id = Inspect(name, "{{.Id}}");
        Assert.Equal(id, Run(client, "inspect", "-f", "{{.Id}}", id[..7]).Ok().Text);
        Assert.Contains(id[..12], Run(client, "ps", "-q").Ok().Out);
        Assert.Contains(id, Run(client, "ps", "-q", "--no-trunc").Ok().Out);
    }

    [Theory, MemberData(nameof(Clients))]
    public void RestartPolicy_OnFailure_StopsAfterTheCount(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--restart", "on-failure:2", "--name", name, "busybox", "sh", "-c", "echo run; exit 1").Ok();
        Eventually(() => Inspect(name, "{{.State.Status}} {{.RestartCount}}") == "exited 2", "two restarts, then exited");
        Assert.Equal("run\nrun\nrun\n", Run(client, "logs", name).Ok().Out);
    }

    [Theory, MemberData(nameof(Clients))]
    public void HealthCheck_TurnsHealthyAndUnhealthy(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--name", name, "--health-cmd", "test -e /ok", "--health-interval", "300ms", "--health-retries", "2", "busybox", "sleep", "600").Ok();
        Eventually(() => Inspect(name, "{{.State.Health.Status}}") == "unhealthy", "unhealthy without the file");
        Run(client, "exec", name, "touch", "/ok").Ok();
        Eventually(() => Inspect(name, "{{.State.Health.Status}}") == "healthy", "healthy with the file");
        Assert.Contains("(healthy)", Run(client, "ps", "--filter", "name=" + name).Out);
    }
}
