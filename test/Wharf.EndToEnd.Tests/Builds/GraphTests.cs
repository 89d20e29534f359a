using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;
using Wharf.EndToEnd.Tests.Registries;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Scenario S5.8: what runs, what runs beside what, and what is left when it is stopped.</summary>
public sealed class GraphTests(SharedEngine shared) : BuildTest(shared)
{
    private const string TwoSleepers = "FROM busybox AS a\nRUN sleep 987\nFROM busybox AS b\nRUN sleep 987\nFROM busybox\nCOPY --from=a / /a\nCOPY --from=b / /b\n";

    [Theory, MemberData(nameof(Clients))]
    public void OnlyNeededStages_Run(Client client)
    {
        string image = NewImage();
        string text = BuildText(client, "FROM busybox AS base\nRUN echo 1 > /made\nFROM busybox AS unneeded\nRUN exit 5\nFROM scratch\nCOPY --from=base /made /m\nCOPY --from=0 /made /n\n", "-t", image);
        Assert.DoesNotContain("exit 5", text);
        Assert.Equal(2, LayersOf(image));
    }

    [Theory]
    [InlineData(Client.Docker, false)]
    [InlineData(Client.Wharf, false)]
    [InlineData(Client.Docker, true)]
    public void StageOfAPulledTrigger_RunsWhenItIsAskedFor(Client client, bool fails)
    {
        using var registry = new AnyRegistry(ours: true, Engine);
        string mark = Guid.NewGuid().ToString("N"), image = NewImage(), base1 = $"{registry.Host}/{NewImage()}:1";
        BuildText(Client.Docker, $"FROM busybox\nONBUILD COPY --from=tools /made /got\nONBUILD RUN --mount=from=more,target=/m cat /m/more > /more\nENV M={mark}\n", "-t", base1);
        Run(Client.Docker, "push", base1).Ok();
        Run(Client.Docker, "rmi", base1).Ok();
        string file = $"FROM busybox AS first\nRUN echo {mark} > /made\nFROM first AS tools\nRUN test {(fails ? "no" : "yes")} = yes || exit 4\nFROM busybox AS more\nRUN echo more-{mark} > /more\nFROM busybox AS never\nRUN exit 5\nFROM {base1}\nRUN cat /got /more\n";
        using var folder = new BuildFolder(file);
        var result = Build(client, folder, "-t", image, "--force-rm");
        string text = result.Out + result.Error;
        Assert.DoesNotMatch("Step .*exit 5", text);
        if (fails)
        {
            Assert.Equal(4, result.ExitCode);
            Assert.Contains("Dockerfile:4\n", text);
            Assert.DoesNotContain("Dockerfile:9\n", text);
            return;
        }

        result.Ok();
        Assert.Contains($"{mark}\nmore-{mark}\n", text);
        Assert.Matches("Step [0-9]+/[0-9]+ : FROM first AS tools", text);
        Run(Client.Docker, "rmi", "-f", base1).Ok();
    }

    [Fact]
    public void IndependentStages_RunAtTheSameTime()
    {
        // Each waits for the other through a shared cache: one after the other they would never end.
        string id = Guid.NewGuid().ToString("N");
        string file = string.Concat(new[] { ("a", "b"), ("b", "a") }.Select(p =>
            $"FROM busybox AS {p.Item1}\nRUN --mount=type=cache,id={id},target=/c touch /c/{p.Item1}; for i in $(seq 600); do test -e /c/{p.Item2} && exit 0; sleep 0.1; done; exit 7\n"));
        BuildText(Client.Docker, file + "FROM busybox\nCOPY --from=a /bin/true /a\nCOPY --from=b /bin/true /b\n");
    }

    [Fact]
    public void Disconnect_StopsEverythingAtOnceAndLeavesNothing()
    {
        using var own = new Engine();
        own.Load("busybox");
        using var folder = new BuildFolder(TwoSleepers);
        using var build = own.StartClient(Client.Docker, "build", folder.Path);
        Eventually(() => own.Run(Client.Docker, "ps", "-q").Out.Split('\n').Length > 2, "both stages run");
        build.Kill();
        Eventually(() => own.Run(Client.Docker, "ps", "-aq").Out.Length == 0, "the containers of the build are gone");
        Eventually(() => Directory.GetFileSystemEntries(Path.Combine(own.DataRoot, "builder", "tmp")).Length == 0, "its folders are gone");
        folder.Write("Dockerfile", "FROM busybox\nRUN echo works\n");
        Assert.Contains("works\n", own.RunWith(Client.Docker, null, 120, "build", folder.Path).Ok().Out);
    }

    [Fact]
    public async Task Cancel_ByIdEndsTheBuild()
    {
        using var folder = new BuildFolder("FROM busybox\nRUN sleep 988\n");
        string id = Guid.NewGuid().ToString("N");
        folder.Shell("tar cf ../$(basename $PWD).tar .");
        using var build = Command.Start("curl", ["-s", "--unix-socket", Engine.Socket, "-H", "Content-Type: application/x-tar", "--data-binary", "@" + folder.Path + ".tar", $"http://d/build?buildid={id}"]);
        var output = build.StandardOutput.ReadToEndAsync();
        Eventually(() => Run(Client.Docker, "ps", "--no-trunc").Out.Contains("sleep 988", StringComparison.Ordinal), "the step runs");
        Assert.StartsWith("HTTP/1.1 200", Engine.Http($"POST /build/cancel?id={id} HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        Assert.Contains("build cancelled", await output);
        Assert.DoesNotContain("sleep 988", Run(Client.Docker, "ps", "-a", "--no-trunc").Out);
        File.Delete(folder.Path + ".tar");
    }

    [Fact]
    public void KilledDaemon_NextBuildWorksAndTheCacheIsWhole()
    {
        using var own = new Engine();
        own.Load("busybox");
        using var folder = new BuildFolder("FROM busybox\nRUN echo first > /first\nRUN sleep 989\n");
        using (var build = own.StartClient(Client.Docker, "build", folder.Path))
        {
            Eventually(() => own.Run(Client.Docker, "ps", "--no-trunc").Out.Contains("sleep 989", StringComparison.Ordinal), "the step runs");
            own.Kill();
            build.WaitForExit();
        }

        own.Start();
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(own.DataRoot, "builder", "tmp")));
        folder.Write("Dockerfile", "FROM busybox\nRUN echo first > /first\nRUN cat /first && echo second\n");
        string text = own.RunWith(Client.Docker, null, 120, "build", folder.Path).Ok().Out;
        Assert.Contains("first\nsecond\n", text);
    }

    [Fact]
    public void KilledStep_FailsAndIsNotRemembered()
    {
        using var folder = new BuildFolder("FROM busybox\nRUN sleep 991\n");
        using var build = Engine.StartClient(Client.Docker, "build", "--force-rm", folder.Path);
        string id = "";
        Eventually(() => (id = Run(Client.Docker, "ps", "--no-trunc", "--format", "{{.ID}} {{.Command}}").Out.Split('\n')
            .FirstOrDefault(l => l.Contains("sleep 991", StringComparison.Ordinal)) ?? "").Length > 0, "the step runs");
        Run(Client.Docker, "kill", id.Split(' ')[0]).Ok();
        build.WaitForExit();
        Assert.Equal(137, build.ExitCode);
        folder.Write("Dockerfile", "FROM busybox\nRUN sleep 991\n".Replace("991", "0", StringComparison.Ordinal));
        Assert.DoesNotContain("Using cache", Build(Client.Docker, folder, "--force-rm", "--no-cache").Ok().Out);
    }

    [Fact]
    public void FullDisk_FailsCleanlyAndTheNextBuildWorks()
    {
        string root = Directory.CreateTempSubdirectory("wharf-full-").FullName;
        Command.Run("mount", ["-t", "tmpfs", "-o", "size=48m", "none", root]).Ok();
        try
        {
            using var own = new Engine("--data-root", root);
            own.Load("busybox");
            using var folder = new BuildFolder("FROM busybox\nCOPY big /big\nRUN head -c 60000000 /dev/zero > /more\n");
            folder.Shell("head -c 12000000 /dev/urandom > big");
            var failed = own.RunWith(Client.Docker, null, 120, "build", "--force-rm", folder.Path);
            Assert.NotEqual(0, failed.ExitCode);
            File.Delete(folder["big"]);
            folder.Write("Dockerfile", "FROM busybox\nRUN echo fits\n");
            Assert.Contains("fits\n", own.RunWith(Client.Docker, null, 120, "build", folder.Path).Ok().Out);
        }
        finally
        {
            Command.Run("umount", ["-l", root]);
            Directory.Delete(root);
        }
    }
}
