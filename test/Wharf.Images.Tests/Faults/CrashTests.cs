using System.Diagnostics;
using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Faults;

/// <summary>Kills a process in the middle of its work with SIGKILL, and looks at what the next one finds.</summary>
public sealed class CrashTests : IDisposable
{
    private const string Root = "WHARF_TEST_VICTIM_ROOT";
    private const string Work = "WHARF_TEST_VICTIM_WORK";
    private readonly FakeRegistry _registry = new();

    public void Dispose() => _registry.Dispose();

    [Theory]
    [InlineData("pull")]
    [InlineData("load")]
    [InlineData("remove")]
    [InlineData("push")]
    [InlineData("prune")]
    public async Task Killed_AtAnyMoment_NextStartIsCleanAndWorks(string work)
    {
        TestImage image = TestImage.Make(new ImageConfig(), TestImage.BigLayer(4_000_000), TestImage.BigLayer(6_000_000, 2), TestImage.BigLayer(2_000_000, 3));
        _registry.Add("big", "latest", image);
        await using ImageLab lab = await ImageLab.OpenAsync();
        string archive = Path.Combine(lab.Root, "archive.tar");
        await File.WriteAllBytesAsync(archive, image.DockerArchive($"{_registry.Host}/big:latest"), ImageLab.Ct);
        for (int round = 0; round < 4; round++)
        {
            if (work is "remove" or "push" or "prune" && !lab.Service.TryResolve($"{_registry.Host}/big", out _))
            {
                await lab.PullAsync($"{_registry.Host}/big");
            }

            await lab.StopAsync();
            await RunVictimAsync(lab.Root, work == "load" ? "load:" + archive : $"{work}:{_registry.Host}/big", TimeSpan.FromMilliseconds(20 + (round * 60)));
            await lab.StartAsync();

            Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
            int expected = lab.Service.ImageCount == 0 ? 0 : 3;
            Assert.Equal(expected, lab.LayerDirectories());
        }

        await lab.PullAsync($"{_registry.Host}/big");
        Assert.Equal(image.Id, lab.Service.Resolve($"{_registry.Host}/big"));
        Assert.Equal(image.Id, Assert.Single(lab.Service.List(new ImageListQuery { All = true })).Id);
        Assert.Equal(0, lab.PartialBlobs());
    }

    /// <summary>Not a test of its own: what the killed process does, over and over.</summary>
    [Fact]
    public async Task Victim()
    {
        string? root = Environment.GetEnvironmentVariable(Root);
        Assert.SkipWhen(root is null, "only runs as the victim of another test");
        string[] work = Environment.GetEnvironmentVariable(Work)!.Split(':', 2);
        await using StateVictim victim = await StateVictim.OpenAsync(root);
        Console.Error.WriteLine("ready");
        while (true)
        {
            switch (work[0])
            {
                case "pull":
                    await victim.Service.PullAsync(new Images.Transfers.PullRequest { Reference = ImageReference.Parse(work[1]) }, new ProgressLog(), ImageLab.Ct);
                    await victim.Service.DeleteAsync(work[1], force: true, prune: true, ImageLab.Ct);
                    break;
                case "load":
                    await using (FileStream archive = File.OpenRead(work[1]))
                    {
                        IReadOnlyList<Digest> loaded = await victim.Service.LoadAsync(archive, [], quiet: true, new ProgressLog(), ImageLab.Ct);
                        await victim.Service.DeleteAsync(loaded[0].ToString(), force: true, prune: true, ImageLab.Ct);
                    }

                    break;
                case "push":
                    string target = $"{work[1]}-{Guid.NewGuid():N}:1";
                    await victim.Service.TagAsync(work[1], ImageReference.Parse(target), ImageLab.Ct);
                    await victim.Service.PushAsync(new Images.Transfers.PushRequest { Reference = ImageReference.Parse(target) }, new ProgressLog(), ImageLab.Ct);
                    await victim.Service.DeleteAsync(target, force: false, prune: true, ImageLab.Ct);
                    break;
                case "prune":
                    await victim.Service.PruneAsync(new Dictionary<string, IReadOnlyList<string>> { ["dangling"] = ["false"] }, ImageLab.Ct);
                    await victim.Service.PullAsync(new Images.Transfers.PullRequest { Reference = ImageReference.Parse(work[1]) }, new ProgressLog(), ImageLab.Ct);
                    break;
                default:
                    await victim.Service.DeleteAsync(work[1], force: true, prune: true, ImageLab.Ct);
                    await victim.Service.PullAsync(new Images.Transfers.PullRequest { Reference = ImageReference.Parse(work[1]) }, new ProgressLog(), ImageLab.Ct);
                    break;
            }
        }
    }

    private static async Task RunVictimAsync(string root, string work, TimeSpan life)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-method", $"{typeof(CrashTests).FullName}.{nameof(Victim)}", "-noColor"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment[Root] = root;
        start.Environment[Work] = work;
        using Process victim = Process.Start(start)!;
        victim.OutputDataReceived += (_, _) => { };
        victim.BeginOutputReadLine();
        string? line;
        while ((line = await victim.StandardError.ReadLineAsync(ImageLab.Ct)) is not null && line != "ready")
        {
            // Whatever the runner has to say comes before.
        }

        Assert.Equal("ready", line);
        await Task.Delay(life, ImageLab.Ct);
        victim.Kill();
        await victim.WaitForExitAsync(ImageLab.Ct);
    }
}
