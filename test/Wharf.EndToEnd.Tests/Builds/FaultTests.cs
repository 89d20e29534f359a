using Wharf.EndToEnd.Tests.Harness;
using Wharf.EndToEnd.Tests.Recovery;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>A COPY that something befalls: nothing by halves stays behind or gets into the cache, and the next build is right.</summary>
public sealed class FaultTests
{
    private const int Files = 60;
    private const string Dockerfile = "FROM busybox\nCOPY tree /tree\nCOPY big /big\nRUN cd / && md5sum big $(find tree -type f | sort)\n";

    [Theory]
    [InlineData(Client.Wharf, "fchownat", 20)]
    [InlineData(Client.Wharf, "copy_file_range", 1)]
    [InlineData(Client.Wharf, "listxattr", 30)]
    [InlineData(Client.Docker, "utimensat", 45)]
    public void DaemonKilledInACopy_NextBuildIsRight(Client client, string call, int nth)
    {
        using var engine = new Engine();
        engine.Load("busybox");
        using var folder = Context();
        using (KillPoint.Kill(engine, call, nth))
        {
            Assert.NotEqual(0, engine.RunWith(client, null, 120, "build", folder.Path).ExitCode);
            Assert.True(engine.Daemon.WaitForExit(TimeSpan.FromSeconds(60)), $"the daemon lives on after {call}");
        }

        engine.Start();
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(engine.DataRoot, "builder", "tmp")));
        Check(engine.RunWith(client, null, 120, "build", "-t", "done", folder.Path).Ok().Out, folder);
        string again = engine.RunWith(client, null, 120, "build", folder.Path).Ok().Out;
        Assert.Equal(3, again.Split("Using cache").Length - 1);
        engine.Run(Client.Docker, "rmi", "done").Ok();
        engine.Run(Client.Docker, "builder", "prune", "-af").Ok();
        Invariants.CheckNothingLeft(engine);
    }

    [Theory]
    [InlineData(Client.Wharf)]
    [InlineData(Client.Docker)]
    public void DiskFullInACopy_IsSaidAndNotRemembered(Client client)
    {
        string root = Directory.CreateTempSubdirectory("wharf-full-").FullName;
        Command.Run("mount", ["-t", "tmpfs", "-o", "size=40m", "none", root]).Ok();
        try
        {
            using var engine = new Engine("--data-root", root);
            engine.Load("busybox");
            using var folder = Context();
            folder.Shell("cp big keep; head -c 60000000 /dev/urandom > big");
            for (int i = 0; i < 2; i++)
            {
                var failed = engine.RunWith(client, null, 120, "build", folder.Path);
                Assert.NotEqual(0, failed.ExitCode);
                Assert.Contains("no space left on device", (failed.Out + failed.Error).ToLowerInvariant());
            }

            folder.Shell("mv keep big");
            // what the failed ones wrote goes away beside the answer
            CommandResult? built = null;
            Patience.Until(() => (built = engine.RunWith(client, null, 120, "build", folder.Path)).ExitCode == 0, "there is room again");
            Check(built!.Out, folder);
        }
        finally
        {
            Command.Run("umount", ["-l", root]);
            Directory.Delete(root);
        }
    }

    private static BuildFolder Context() => new BuildFolder(Dockerfile)
        .Shell($"mkdir tree; for i in $(seq {Files}); do mkdir -p tree/$((i % 7)); echo file $i > tree/$((i % 7))/$i; done; head -c 3000000 /dev/urandom > big");

    private static void Check(string output, BuildFolder folder)
    {
        string expected = Command.Run("/bin/sh", ["-c", "md5sum big $(find tree -type f | sort)"], environment: new Dictionary<string, string> { ["LC_ALL"] = "C" }, directory: folder.Path).Ok().Text;
        Assert.All(expected.Split('\n'), line => Assert.Contains(line, output));
    }
}
