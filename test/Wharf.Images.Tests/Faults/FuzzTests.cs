using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Faults;

/// <summary>Random damage, always the same: nothing but a clear refusal may come of it, and nothing may be left behind.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Load_DamagedArchive_IsRefusedOrWhole()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        byte[] good = TestImage.Make([("a", "1")], [("b", "2")]).DockerArchive("fuzzed:1");
        var random = new Random(1234);
        for (int i = 0; i < 150; i++)
        {
            byte[] bad = Damage(good, random);
            try
            {
                foreach (Digest id in await lab.LoadAsync(bad))
                {
                    await lab.Service.DeleteAsync(id.ToString(), force: true, prune: true, ImageLab.Ct);
                }
            }
            catch (WharfException e)
            {
                Assert.Contains(e.Kind, (ErrorKind[])[ErrorKind.InvalidArgument, ErrorKind.DataLoss, ErrorKind.NotFound]);
            }

            Assert.Empty(lab.Service.List(new ImageListQuery { All = true }));
        }

        await lab.Service.CollectGarbageAsync(ImageLab.Ct);
        Assert.Equal(0, lab.LayerDirectories());
        Assert.Equal(0, lab.Blobs());
        Assert.Equal(0, lab.PartialBlobs());
    }

    [Fact]
    public void Manifests_Damaged_AreRefusedOrRead()
    {
        TestImage image = TestImage.Make([("a", "1")], [("b", "2")]);
        byte[] manifest = image.Manifest();
        byte[] index = OciImageJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [new Descriptor { MediaType = MediaTypes.OciManifest, Digest = image.Id, Size = 3, Platform = Platform.Host }] });
        var random = new Random(4321);
        for (int i = 0; i < 5000; i++)
        {
            Refuses(() => ManifestDocument.ReadManifest(Damage(manifest, random), MediaTypes.OciManifest));
            Refuses(() => ManifestDocument.ReadIndex(Damage(index, random), MediaTypes.OciIndex));
            Refuses(() => OciImageJson.ReadConfig(Damage(image.Config, random)));
        }
    }

    [Fact]
    public async Task Load_ConfigurationBeyondMeasure_IsRefused()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage huge = TestImage.Make(new ImageConfig { Config = new RunConfig { Labels = new(StringComparer.Ordinal) { ["x"] = new string('y', 5_000_000) } } }, TestImage.Tar(("a", "1")));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.LoadAsync(huge.DockerArchive("huge:1")));
        Assert.Contains("at most", e.Message);
    }

    private static void Refuses(Action read)
    {
        try
        {
            read();
        }
        catch (WharfException e)
        {
            Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
        }
    }

    private static byte[] Damage(byte[] good, Random random)
    {
        byte[] bad = [.. good];
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            switch (random.Next(4))
            {
                case 0:
                    bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bad = bad[..Math.Max(1, random.Next(bad.Length))];
                    break;
                case 2:
                    int from = random.Next(bad.Length), length = random.Next(Math.Min(64, bad.Length - from));
                    bad = [.. bad[..from], .. bad[(from + length)..], 0];
                    break;
                default:
                    bad[random.Next(bad.Length)] = (byte)random.Next(256);
                    break;
            }
        }

        return bad;
    }
}
