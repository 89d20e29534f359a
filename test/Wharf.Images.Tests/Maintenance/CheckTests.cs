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
    public async Task Check_LostLayerThatNobodyHas_TakesTheImageAwaySoThatAPullHeals()
    {
        await using ImageLab lab = await PulledAsync(CompressedLayers.Drop);
        string layer = Directory.EnumerateDirectories(Path.Combine(lab.Root, lab.Service.DriverName)).First(p => ObjectId.IsFull(Path.GetFileName(p)));
        Directory.Delete(layer, recursive: true);
        _registry.Blobs.Clear();

        Assert.NotEmpty(await lab.Service.CheckAsync(repair: true, ImageLab.Ct));

        Assert.Equal(0, lab.Service.ImageCount);
        _registry.Add("app", "1", _image);
        await lab.PullAsync($"{_registry.Host}/app:1");
        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
    }

    [Theory]
    [InlineData(CompressedLayers.Keep, false)]
    [InlineData(CompressedLayers.Keep, true)]
    [InlineData(CompressedLayers.Drop, false)]
    [InlineData(CompressedLayers.Drop, true)]
    public async Task Check_DamagedLayer_IsUnpackedAgainFromWhereItCame(CompressedLayers policy, bool lost)
    {
        await using ImageLab lab = await PulledAsync(policy);
        string file = lab.FileInLayer("b");
        if (lost)
        {
            Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(file))!, recursive: true);
        }
        else
        {
            await File.WriteAllTextAsync(file, "3", ImageLab.Ct);
        }

        Assert.Equal(2, (await lab.Service.CheckAsync(repair: false, ImageLab.Ct)).Count); // the layer, and the image on it
        Assert.Equal("unpacked again", Assert.Single(await lab.Service.CheckAsync(repair: true, ImageLab.Ct)).Repair);

        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
        Assert.Equal("2", await File.ReadAllTextAsync(file, ImageLab.Ct));
    }

    [Fact]
    public async Task Check_DamagedLayerUnderAContainer_IsToldAndLeftAlone()
    {
        await using ImageLab lab = await PulledAsync();
        await lab.Service.PrepareContainerAsync(ObjectId.New(), _image.Id, new Dictionary<string, string>(), ImageLab.Ct);
        string file = lab.FileInLayer("b");
        await File.WriteAllTextAsync(file, "3", ImageLab.Ct);

        Assert.All(await lab.Service.CheckAsync(repair: true, ImageLab.Ct), f => Assert.Equal("kept: containers stand on it", f.Repair));

        Assert.Equal(1, lab.Service.ImageCount);
        Assert.Equal("3", await File.ReadAllTextAsync(file, ImageLab.Ct));
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

    private async Task<ImageLab> PulledAsync(CompressedLayers policy = CompressedLayers.Keep)
    {
        ImageLab lab = await ImageLab.OpenAsync(o => o with { CompressedLayers = policy });
        _registry.Add("app", "1", _image);
        await lab.PullAsync($"{_registry.Host}/app:1");
        return lab;
    }
}
