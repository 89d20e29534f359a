using Wharf.Images.Maintenance;
using Wharf.Images.Tests.Support;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Maintenance;

public sealed class CheckTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly TestImage _image = TestImage.Make([("a", "1")], [("b", "2")]);

    public void Dispose() => _registry.Dispose();

    [Fact]
    public async Task Check_SoundStore_FindsNothing()
    {
        await using ImageLab lab = await PulledAsync();

        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
    }

    [Fact]
    public async Task Check_DamagedBlob_IsFoundAndDropped()
    {
        await using ImageLab lab = await PulledAsync();
        string blob = Directory.EnumerateFiles(Path.Combine(lab.Root, "blobs", "sha256")).First();
        await File.AppendAllTextAsync(blob, "x", ImageLab.Ct);

        StorageFinding found = Assert.Single(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
        Assert.Equal("sha256:" + Path.GetFileName(blob), found.Subject);
        Assert.Null(found.Repair);
        Assert.NotNull(Assert.Single(await lab.Service.CheckAsync(repair: true, ImageLab.Ct)).Repair);

        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
        await using ImageLab other = await ImageLab.OpenAsync();
        Assert.Equal([_image.Id], await other.LoadAsync(await lab.SaveAsync($"{_registry.Host}/app:1")));
    }

    [Fact]
    public async Task Check_LostLayer_TakesTheImageAwaySoThatAPullHeals()
    {
        await using ImageLab lab = await PulledAsync();
        string layer = Directory.EnumerateDirectories(Path.Combine(lab.Root, lab.Service.DriverName)).First(p => ObjectId.IsFull(Path.GetFileName(p)));
        Directory.Delete(layer, recursive: true);

        Assert.NotEmpty(await lab.Service.CheckAsync(repair: true, ImageLab.Ct));

        Assert.Equal(0, lab.Service.ImageCount);
        await lab.PullAsync($"{_registry.Host}/app:1");
        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
    }

    [Fact]
    public async Task DiskUsage_CountsEachLayerOnce()
    {
        await using ImageLab lab = await PulledAsync();
        await lab.Service.TagAsync($"{_registry.Host}/app:1", ImageReference.Parse("again:1"), ImageLab.Ct);

        ImageDiskUsage usage = lab.Service.DiskUsage();

        Assert.Equal((2L, 2L, 0, 1), (usage.LayersSize, usage.Reclaimable, usage.Active, usage.Total));
        Assert.Equal(_image.Packed.Sum(p => p.Length), usage.ContentSize);
    }

    [Fact]
    public async Task Start_WithStrangers_SweepsThem()
    {
        await using ImageLab lab = await PulledAsync();
        await lab.StopAsync();
        string stray = Path.Combine(lab.Root, "blobs", "sha256", new string('e', 64));
        await File.WriteAllTextAsync(stray, "nobody's", ImageLab.Ct);
        await File.WriteAllTextAsync(Path.Combine(lab.Root, "blobs", "partial", new string('f', 64)), "nobody's", ImageLab.Ct);

        await lab.StartAsync();

        Assert.False(File.Exists(stray));
        Assert.Equal(0, lab.PartialBlobs());
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/app:1"));
    }

    private async Task<ImageLab> PulledAsync()
    {
        ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("app", "1", _image);
        await lab.PullAsync($"{_registry.Host}/app:1");
        return lab;
    }
}
