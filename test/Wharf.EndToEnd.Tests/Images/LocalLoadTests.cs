using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Images;

/// <summary>An archive on the engine's machine is read where it lies, docs/decisions/0012, and sent where that must not be.</summary>
public sealed class LocalLoadTests
{
    private const int User = 4321;
    private const string InPlace = "/images/load/file";

    [Fact]
    public void OnTheSameMachine_IsReadWithTheRightsOfTheUser()
    {
        using var engine = new Engine("-D", "-G", User.ToString());
        string archive = Path.Combine(engine.Root, "busybox.tar");
        File.Copy(Repository.TestImage("busybox"), archive);
        Command.Run("chmod", ["a+rx", engine.Root]).Ok();
        foreach (bool root in (bool[])[true, false])
        {
            int before = Count(engine);
            Assert.Contains("Loaded image: busybox:latest", Load(engine, root, archive).Ok().Out);
            Patience.Until(() => Count(engine) == before + 1, "it is read in place");
            Assert.Equal("here", engine.Run(Client.Docker, "run", "--rm", "busybox", "echo", "here").Ok().Text);
            engine.Run(Client.Docker, "rmi", "busybox").Ok();
        }

        File.SetUnixFileMode(archive, UnixFileMode.UserRead);
        Load(engine, root: false, archive).Fails(1, "permission denied");
        engine.Run(Client.Docker, "image", "inspect", "busybox").Fails(1, "No such");
    }

    [Fact]
    public void OverARelay_IsSent()
    {
        using var engine = new Engine("-D");
        string socket = Path.Combine(engine.Root, "relay.sock");
        using var relay = new Relay(socket, engine.Socket);
        var environment = engine.ClientEnvironment();
        environment["DOCKER_HOST"] = "unix://" + socket;
        Command.Run(Repository.Program("wharf"), ["load", "-i", Repository.TestImage("busybox")], null, environment).Ok();
        Patience.Until(() => engine.Log().Contains("/images/load?", StringComparison.Ordinal) || engine.Log().Contains("/images/load\"", StringComparison.Ordinal), "it is sent");
        Assert.Equal("here", engine.Run(Client.Docker, "run", "--rm", "busybox", "echo", "here").Ok().Text);
    }

    [Theory]
    [InlineData("descriptor=3&proof=5:00", "cannot be read in place")]
    [InlineData("descriptor=3&proof=x", "use DESCRIPTOR:HEX")]
    [InlineData("descriptor=3", "the proof of a local client is missing")]
    public void WithoutProof_IsRefused(string query, string error)
    {
        using var engine = new Engine();
        string answer = engine.Http($"POST /images/load/file?{query} HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.Contains(error, answer);
        Assert.DoesNotContain("HTTP/1.1 200", answer);
    }

    [Theory]
    [InlineData("gone", "no such file or directory")]
    [InlineData("text", "invalid tar header")]
    [InlineData("cut", "unexpected end of archive")]
    public void BadArchive_IsSaidAsWhenSent(string kind, string error)
    {
        using var engine = new Engine();
        string archive = Path.Combine(engine.Root, kind);
        if (kind == "text")
        {
            File.WriteAllText(archive, new string('x', 5000));
        }
        else if (kind == "cut")
        {
            File.WriteAllBytes(archive, File.ReadAllBytes(Repository.TestImage("busybox"))[..100_000]);
        }

        CommandResult ours = engine.Run(Client.Wharf, "load", "-i", archive).Fails(1, error), theirs = engine.Run(Client.Docker, "load", "-i", archive);
        Assert.Equal(theirs.Error, ours.Error);
        Assert.Equal("", engine.Run(Client.Docker, "images", "-aq").Ok().Text);
    }

    private static int Count(Engine engine) => engine.Log().Split(InPlace).Length - 1;

    private static CommandResult Load(Engine engine, bool root, string archive)
    {
        var environment = engine.ClientEnvironment();
        environment["DOCKER_CONFIG"] = "/nonexistent";
        environment["HOME"] = "/";
        string[] command = [Repository.Program("wharf"), "load", "-i", archive];
        return root ? Command.Run(command[0], command[1..], null, environment)
            : Command.Run("setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", .. command], null, environment);
    }
}
