using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Tests.Faults;

/// <summary>What is called done is on disk, and what is not is looked at after the machine went down.</summary>
public sealed class PowerLossTests
{
    private readonly TestImage _image = TestImage.Make([("a", "first")], [("b", "second")]);

    [Fact]
    public async Task Load_Done_LayersAreSafe()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("app:1"));

        Assert.Equal(["1", "1"], Ready(lab));
    }

    [Fact]
    public async Task Create_Provisional_IsSafeALittleLaterOrWhenItGetsAName()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        Digest step = await StepAsync(lab, "one");
        Assert.Equal(["2"], Ready(lab));
        await lab.Service.TagAsync(step.ToString(), ImageReference.Parse("named:1"), ImageLab.Ct);
        Assert.Equal(["1"], Ready(lab));

        await StepAsync(lab, "two");
        for (int i = 0; i < 100 && Ready(lab).Contains("2"); i++)
        {
            await Task.Delay(100, ImageLab.Ct);
        }

        Assert.Equal(["1", "1"], Ready(lab));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_OnAMachineThatWentDown_DropsOnlyWhatIsDamaged(bool damaged)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("app:1"));
        await lab.LoadAsync(TestImage.Make([("a", "first")], [("c", "third")]).DockerArchive("other:1"));
        await lab.Database.WriteAsync(c =>
        {
            Sql.Execute(c, "UPDATE image_boot SET boot = 'another'");
            Sql.Execute(c, "UPDATE image_layers SET ready = 2 WHERE diff = $diff", ("$diff", Digest.Sha256(_image.Layers[1]).ToString()));
            return true;
        });
        string file = lab.FileInLayer("b");
        await lab.StopAsync();
        if (damaged)
        {
            await File.WriteAllTextAsync(file, "", ImageLab.Ct);
        }

        await lab.StartAsync();

        Assert.Equal(damaged ? 1 : 2, lab.Service.ImageCount);
        Assert.Equal(damaged, lab.Reports.Exists(r => r.Contains("was not on disk", StringComparison.Ordinal)));
        Assert.Equal(!damaged, lab.Service.TryResolve("app:1", out _));
        Assert.DoesNotContain("2", Ready(lab));
        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
        await lab.LoadAsync(_image.DockerArchive("app:1"));
        Assert.Equal(_image.Id, lab.Service.Resolve("app:1"));
    }

    [Fact]
    public async Task Start_OnAMachineThatWentDown_MakesContainersWholeAgain()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("app:1"));
        string whole = ObjectId.New(), gone = ObjectId.New();
        foreach (string id in (string[])[whole, gone])
        {
            await lab.Service.PrepareContainerAsync(id, _image.Id, new Dictionary<string, string>(), ImageLab.Ct);
        }

        await lab.Database.WriteAsync(c =>
        {
            Sql.Execute(c, "UPDATE image_boot SET boot = 'another'");
            return true;
        });
        await lab.StopAsync();
        Directory.Delete(Path.Combine(lab.Root, "overlay2", gone), recursive: true);
        await File.WriteAllTextAsync(Path.Combine(lab.Root, "overlay2", whole, "lower"), "", ImageLab.Ct);
        await lab.StartAsync();

        foreach (string id in (string[])[whole, gone])
        {
            using var root = lab.Service.OpenContainerRootfs(id, readOnly: true);
            Assert.True(File.Exists($"/proc/self/fd/{root.DangerousGetHandle()}/a"));
        }
    }

    private static async Task<Digest> StepAsync(ImageLab lab, string content) => await lab.Service.CreateAsync(new ImageCreation
    {
        Config = new ImageConfig { Architecture = "amd64", Os = "linux", Created = "2024-01-01T00:00:00Z" },
        History = [new HistoryEntry { CreatedBy = content }],
        Layers = [new MemoryStream(TestImage.Tar(("file", content)))],
        IsProvisional = true,
    }, ImageLab.Ct);

    private static List<string> Ready(ImageLab lab) => lab.Database.Read(c => Sql.Query(c, "SELECT ready FROM image_layers", row => row.GetString(0)));
}
