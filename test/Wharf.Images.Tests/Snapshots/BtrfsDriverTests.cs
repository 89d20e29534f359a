using System.Diagnostics;
using Wharf.Archive.Layers;
using Wharf.Images.Snapshots;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Snapshots;

/// <summary>The suite on a btrfs in a loop device; skipped where mkfs.btrfs (Debian package btrfs-progs) or loop devices are missing.</summary>
public sealed class BtrfsDriverTests() : SnapshotDriverSuite(MakeFileSystem())
{
    private static readonly string? Missing = WhatIsMissing();

    protected override ISnapshotDriver Create(SnapshotSettings settings) => SnapshotDrivers.Open("btrfs", settings);

    [Fact]
    public void Open_OnAnotherFileSystem_SaysWhy()
    {
        string root = Directory.CreateTempSubdirectory("wharf-no-btrfs-").FullName;
        var error = Assert.Throws<WharfException>(() => SnapshotDrivers.Open("btrfs", new SnapshotSettings(root, IdentityMap.None)));
        Assert.Contains("needs a data root on btrfs", error.Message);
        Directory.Delete(root, recursive: true);
    }

    private static string? WhatIsMissing() =>
        !File.Exists("/usr/sbin/mkfs.btrfs") && !File.Exists("/sbin/mkfs.btrfs") ? "mkfs.btrfs is not installed"
        : !File.Exists("/dev/loop-control") ? "there are no loop devices" : null;

    private static string MakeFileSystem()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        string path = Directory.CreateTempSubdirectory("wharf-btrfs-").FullName;
        Run($"truncate -s 400M {path}.img; mkfs.btrfs -q {path}.img > /dev/null 2>&1; mount -o loop {path}.img {path}");
        return path;
    }

    // lazily: the driver's trash is open for as long as the process lives
    protected override void Unmount() => Run($"umount -l {DataRoot}; rm -f {DataRoot}.img");

    private static void Run(string script)
    {
        using var process = Process.Start("/bin/sh", ["-c", script]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
