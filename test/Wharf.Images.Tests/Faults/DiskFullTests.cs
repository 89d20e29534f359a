using Wharf.Images.Tests.Interoperation;
using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Faults;

public sealed class DiskFullTests
{
    [Fact]
    public async Task Pull_DiskFull_FailsClearlyAndWorksOnceThereIsRoom()
    {
        using var registry = new FakeRegistry();
        TestImage image = TestImage.Make(new ImageConfig(), TestImage.BigLayer(6_000_000));
        registry.Add("big", "latest", image);
        string mount = Directory.CreateTempSubdirectory("wharf-small-").FullName;
        await Tool.RunAsync("/usr/bin/mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", mount);
        try
        {
            await using (ImageLab lab = await ImageLab.OpenAsync(o => o with { StorageDriver = "vfs", MaxDownloadAttempts = 1 }, mount))
            {
                WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{registry.Host}/big"));
                Assert.Contains("o space left on device", e.Message);
                Assert.Equal(0, lab.Service.ImageCount);
                await Tool.RunAsync("/usr/bin/mount", "-o", "remount,size=64m", mount);
                await lab.PullAsync($"{registry.Host}/big");
                Assert.Equal(image.Id, lab.Service.Resolve($"{registry.Host}/big"));
            }
        }
        finally
        {
            await Tool.RunAsync("/usr/bin/umount", "-l", mount);
            Directory.Delete(mount);
        }
    }
}
