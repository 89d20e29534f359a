using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Short forms for tests that give a flag to <c>run</c> and look at what became of it.</summary>
public abstract class RunFlagTest(SharedEngine shared) : EngineTest(shared)
{
    /// <summary>What a script prints in a fresh container with these flags.</summary>
    protected string Sh(Client client, string script, params string[] flags) =>
        Run(client, ["run", "--rm", .. flags, "busybox", "sh", "-c", script]).Ok().Text;

    /// <summary>A container that sleeps until the test is over.</summary>
    protected string Sleeper(Client client, params string[] flags)
    {
        string name = NewName();
        Run(client, ["run", "-d", "--name", name, .. flags, "busybox", "sleep", "600"]).Ok();
        return name;
    }

    protected string Exec(string name, string script) => Run(Client.Docker, "exec", name, "sh", "-c", script).Ok().Text;

    /// <summary>A limit of the container as its cgroup holds it, by the file's name on cgroup v1 (with its controller) or v2.</summary>
    protected string Limit(Client client, string first, string second, params string[] flags) =>
        Sh(client, $"cat /sys/fs/cgroup/{first} 2>/dev/null || cat /sys/fs/cgroup/{second}", flags);

    protected void Refused(Client client, string text, params string[] flags)
    {
        string name = NewName();
        Run(client, ["run", "--name", name, .. flags, "busybox", "true"]).Fails(125, text);
        Assert.NotEqual("running", Run(Client.Docker, "inspect", "-f", "{{.State.Status}}", name).Text);
    }

    protected string TemporaryFile(string content)
    {
        string path = Path.Combine(Engine.Root, "f" + Guid.NewGuid().ToString("N")[..8]);
        File.WriteAllText(path, content);
        return path;
    }

    protected string TemporaryFolder()
    {
        string path = Path.Combine(Engine.Root, "d" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(path);
        return path;
    }
}
