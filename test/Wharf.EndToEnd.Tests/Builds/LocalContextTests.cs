using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Our client's folders are read where they lie, with the user's rights; where that cannot be, they are sent, and the result is the same.</summary>
public sealed class LocalContextTests(SharedEngine shared) : BuildTest(shared)
{
    private const string InPlace = "Sending build context to Docker daemon  0B\n";

    [Fact]
    public void InPlaceAndSent_GiveTheSameLayersAndCacheKeys()
    {
        using var folder = Corpus("FROM busybox\nCOPY . /c/\nCOPY --chmod=640 --chown=5:6 sub/b /d\n");
        string image = NewImage(), other = NewImage();
        var inPlace = Build(Client.Wharf, folder, "--no-cache", "-t", image).Ok();
        Assert.Contains(InPlace, inPlace.Out);
        var sent = Build(Client.Docker, folder, "-t", other).Ok();
        Assert.DoesNotContain(InPlace, sent.Out);
        Assert.Equal(2, Count(sent.Out, "Using cache"));
        Assert.Equal(Inspect(image, "{{.Id}}"), Inspect(other, "{{.Id}}"));
        Build(Client.Docker, folder, "--no-cache", "-t", other).Ok();
        Assert.Equal(Inspect(image, "{{json .RootFS}}"), Inspect(other, "{{json .RootFS}}"));
        Assert.Equal(2, Count(Build(Client.Wharf, folder).Ok().Out, "Using cache"));
    }

    [Fact]
    public void ChangesAreSeen_WhateverTheTimes()
    {
        using var folder = Corpus("FROM busybox\nCOPY . /c/\nRUN cat /c/a\n");
        Build(Client.Wharf, folder).Ok();

        // same size, same time of content: only the kernel's time of change tells
        folder.Shell("printf two > new; touch -r a new; cat new > a; touch -r new a; rm new");
        Assert.Contains("\ntwo", Build(Client.Wharf, folder).Ok().Out);
        folder.Shell("chmod 600 a");
        Assert.DoesNotContain("Using cache", Build(Client.Wharf, folder).Ok().Out);
        folder.Shell("chmod 644 a; touch -d 2001-01-01 a");
        Assert.Equal(2, Count(Build(Client.Wharf, folder).Ok().Out, "Using cache"));
    }

    [Fact]
    public void OtherUser_SeesWhatItMayReadAndNoMore()
    {
        using var folder = Corpus("FROM busybox\nCOPY a sub /c/\nRUN ls /c\n");
        folder.Write("Bad", "FROM busybox\nCOPY . /c/\n").Write("secret", "root's", mode: 0b110_000_000);
        // one whose socket may be opened to everybody
        using var engine = new Engine();
        engine.Load("busybox");
        Command.Run("chmod", ["711", engine.Root]).Ok();
        Command.Run("chmod", ["666", engine.Socket]).Ok();

        // root has read the secret: what the engine learned of it is not told to others
        engine.RunWith(Client.Wharf, null, 120, "build", "-f", folder["Bad"], folder.Path).Ok();
        var good = AsUser(engine, 4321, folder, "-f", folder["Dockerfile"]).Ok();
        Assert.Contains(InPlace, good.Out);
        Assert.Contains("\nb\n", good.Out);
        AsUser(engine, 4321, folder, "-f", folder["Bad"]).Fails(1, "permission denied");
        folder.Write(".dockerignore", "secret\n");
        AsUser(engine, 4321, folder, "-f", folder["Bad"]).Ok();
        folder.Shell("chmod 700 .");
        Assert.NotEqual(0, AsUser(engine, 4321, folder, "-f", folder["Bad"]).ExitCode);
    }

    [Fact]
    public void RelayedSocket_TheRelaysFilesAreNotTaken()
    {
        using var folder = Corpus("FROM busybox\nCOPY a /a\nRUN cat /a\n");
        string path = Path.Combine(Engine.Root, "relay" + Guid.NewGuid().ToString("N")[..6]);
        using var relay = new Relay(path, Engine.Socket);
        var environment = Engine.ClientEnvironment();
        environment["DOCKER_HOST"] = "unix://" + path;
        var result = Command.Run(Repository.Program("wharf"), ["build", "--no-cache", folder.Path], null, environment, 120).Ok();
        Assert.DoesNotContain(InPlace, result.Out);
        Assert.Contains("\none", result.Out);
    }

    [Theory]
    [InlineData("proof=5:00", "cannot be read in place")]
    [InlineData("proof=x", "use DESCRIPTOR:HEX")]
    [InlineData("proof=5:zz", "use DESCRIPTOR:HEX")]
    [InlineData("", "the proof of a local client is missing")]
    public void Folder_WithoutProof_IsRefused(string proof, string error)
    {
        string answer = Engine.Http($"POST /build/context?folder=/etc&{proof} HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.Contains(error, answer);
        answer = Engine.Http($"POST /build?folder=/etc&{proof} HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.DoesNotContain("HTTP/1.1 200", answer);
    }

    [Fact]
    public void FolderThatVanishes_EndsTheBuildAndTheNextWorks()
    {
        using var folder = Corpus("FROM busybox\nRUN touch /begun; while [ ! -e /go ]; do sleep 0.05; done\nCOPY sub /sub\n");
        string name = "gate" + Guid.NewGuid().ToString("N")[..8];
        using var build = Engine.StartClient(Client.Wharf, "build", "--label", "t=" + name, folder.Path);
        string container = "";
        Eventually(() => (container = Run(Client.Docker, "ps", "-q", "--filter", "ancestor=busybox", "--no-trunc").Out.Split('\n').FirstOrDefault(id =>
            id.Length > 0 && Run(Client.Docker, "exec", id, "test", "-e", "/begun").ExitCode == 0) ?? "").Length > 0, "the step runs");
        folder.Shell("mv sub away");
        Run(Client.Docker, "exec", container, "touch", "/go").Ok();
        string error = build.StandardError.ReadToEnd();
        Assert.True(build.WaitForExit(TimeSpan.FromSeconds(60)) && build.ExitCode != 0);
        Assert.Contains("file not found in build context or excluded by .dockerignore: stat sub", error);
        folder.Shell("mv away sub").Write("Dockerfile", "FROM busybox\nCOPY sub /sub\nRUN ls /sub\n");
        Assert.Contains("\nb\n", Build(Client.Wharf, folder).Ok().Out);
    }

    private static BuildFolder Corpus(string dockerfile)
    {
        var folder = new BuildFolder(dockerfile);
        return folder.Write("a", "one").Write("sub/b", "bee", mode: 0b111_101_101).Write("sub/deep/c", "see").Link("link", "sub/b").Link("sub/out", "/etc/passwd")
            .Shell("ln a hard; mkfifo sub/fifo; chmod u+s sub/b; mkdir -m 1777 empty; head -c 3000000 /dev/urandom > big; truncate -s 1m sparse");
    }

    private static CommandResult AsUser(Engine engine, int user, BuildFolder folder, params string[] flags)
    {
        var environment = engine.ClientEnvironment();
        environment["DOCKER_CONFIG"] = "/nonexistent";
        environment["HOME"] = "/";
        return Command.Run("setpriv", [$"--reuid={user}", $"--regid={user}", "--clear-groups", Repository.Program("wharf"), "build", .. flags, folder.Path], null, environment, 120);
    }
}
