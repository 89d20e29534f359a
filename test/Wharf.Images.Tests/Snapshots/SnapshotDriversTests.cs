using Wharf.Archive.Layers;
using Wharf.Images.Snapshots;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Snapshots;

public sealed class SnapshotDriversTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wharf-drivers-").FullName;

    [Fact]
    public void Open_UnknownName_ListsTheKnown()
    {
        var error = Assert.Throws<WharfException>(() => SnapshotDrivers.Open("zfs", new SnapshotSettings(_root, IdentityMap.None)));
        Assert.Contains("driver \"zfs\" is not supported; choose from overlay2, ", error.Message);
    }

    [Fact]
    public void Open_NoName_TakesWhatTheDataRootHolds()
    {
        var settings = new SnapshotSettings(_root, IdentityMap.None);
        Assert.Equal("overlay2", SnapshotDrivers.Open(null, settings).Name);
        ISnapshotDriver vfs = SnapshotDrivers.Open("vfs", settings);
        using (var draft = vfs.BeginLayer(ObjectId.New(), null))
        {
            draft.Commit();
        }

        Assert.Equal("vfs", SnapshotDrivers.Open(null, settings).Name);
    }

    [Fact]
    public void Open_OverlayOnProc_SaysWhyAndWhatWorks()
    {
        string root = Path.Combine(_root, "a:b");
        var error = Assert.Throws<WharfException>(() => SnapshotDrivers.Open("overlay2", new SnapshotSettings(root, IdentityMap.None)));
        Assert.Contains("must not contain a colon", error.Message);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
