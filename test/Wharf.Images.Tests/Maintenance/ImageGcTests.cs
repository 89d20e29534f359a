using Wharf.Images.Catalog;
using Wharf.Images.Maintenance;
using Wharf.Images.Tests.Support;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Maintenance;

public sealed class ImageGcTests
{
    // Any disk is fuller than nothing, and none is emptier: all that may go goes.
    private static readonly ImageGcPolicy Everything = new() { HighPercent = 1, LowPercent = 0, MinimumAge = TimeSpan.Zero };

    [Fact]
    public async Task Run_DiskTooFull_RemovesUnusedAndLeavesUsed()
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { Gc = Everything });
        TestImage used = TestImage.Make([("a", "used")]), idle = TestImage.Make([("a", "idle")]);
        await lab.LoadAsync(used.DockerArchive("used:1"));
        await lab.LoadAsync(idle.DockerArchive("idle:1", "idle:2"));
        lab.Uses.Add(new ImageUse(ObjectId.New(), used.Id, "used:1", Running: false));

        Assert.Equal(1, await lab.Service.CollectImagesAsync(ImageLab.Ct));

        Assert.False(lab.Service.TryResolve("idle:1", out _));
        Assert.Equal(used.Id, lab.Service.Resolve("used:1"));
        Assert.Equal(1, lab.LayerDirectories());
        Assert.Contains(lab.Reports, r => r.StartsWith("removed the unused image idle:", StringComparison.Ordinal));
        Assert.Contains(lab.Events, e => e.Action == "delete" && e.ActorId == idle.Id.ToString());
    }

    [Fact]
    public async Task Run_YoungImagesOrRoomEnough_RemovesNothing()
    {
        foreach (ImageGcPolicy policy in (ImageGcPolicy[])[Everything with { MinimumAge = TimeSpan.FromHours(1) }, Everything with { HighPercent = 100, LowPercent = 99 }])
        {
            await using ImageLab lab = await ImageLab.OpenAsync(o => o with { Gc = policy });
            await lab.LoadAsync(TestImage.Make([("a", "1")]).DockerArchive("idle:1"));

            Assert.Equal(0, await lab.Service.CollectImagesAsync(ImageLab.Ct));
            Assert.Equal(1, lab.Service.ImageCount);
        }
    }

    [Fact]
    public async Task Run_AfterARestart_RemembersWhatWasUsed()
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { Gc = Everything with { MinimumAge = TimeSpan.FromHours(1) } });
        TestImage used = TestImage.Make([("a", "used")]), idle = TestImage.Make([("a", "idle")]);
        await lab.LoadAsync(used.DockerArchive("used:1"));
        await lab.LoadAsync(idle.DockerArchive("idle:1"));
        await lab.Database.WriteAsync(connection =>
        {
            // as if both had come long ago, and a container been made of one just now
            Wharf.State.Sql.Execute(connection, "UPDATE image_uses SET used = 0");
            Wharf.State.Sql.Execute(connection, "UPDATE images SET last_tagged = 0");
            return true;
        });
        await lab.RestartAsync();
        string container = ObjectId.New();
        await lab.Service.PrepareContainerAsync(container, used.Id, new Dictionary<string, string>(), ImageLab.Ct);
        await lab.Service.RemoveContainerAsync(container, ImageLab.Ct);
        await lab.RestartAsync();

        Assert.Equal(1, await lab.Service.CollectImagesAsync(ImageLab.Ct));

        Assert.Equal(used.Id, lab.Service.Resolve("used:1"));
        Assert.False(lab.Service.TryResolve("idle:1", out _));
        Assert.Equal(1, lab.Database.Read(c => Wharf.State.Sql.Query(c, "SELECT COUNT(*) FROM image_uses", row => row.GetInt64(0)).Single()));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(101, 50)]
    [InlineData(80, 80)]
    [InlineData(80, -1)]
    public void Problems_ImpossibleMarks_AreNamed(int high, int low) =>
        Assert.NotEmpty(new ImageGcPolicy { HighPercent = high, LowPercent = low }.Problems());
}
