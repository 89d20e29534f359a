using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Archive.Tar;
using Wharf.Primitives;

namespace Wharf.Archive.Tests.Tar;

public sealed class TarWriterTests
{
    [Fact]
    public async Task Writer_SimpleFile_IsTheBlockGoWrites()
    {
        var entry = Archives.Entry("etc/motd");
        entry.UserId = 1000;
        entry.GroupId = 100;
        byte[] archive = await Archives.WriteAsync((entry, "hi\n"));

        Assert.Equal(512 + 512 + 1024, archive.Length);
        Assert.Equal("etc/motd\0", Encoding.ASCII.GetString(archive, 0, 9));
        Assert.Equal("0000644\00001750\00000144\000000000003\013727410000\0", Encoding.ASCII.GetString(archive, 100, 48));
        Assert.Equal("ustar\000", Encoding.ASCII.GetString(archive, 257, 8));
        Assert.Equal("0000000\00000000\0", Encoding.ASCII.GetString(archive, 329, 16));
        Assert.Equal((byte)' ', archive[155]);
    }

    [Fact]
    public async Task Writer_NameOverHundredBytes_GetsAPaxHeaderLikeGo()
    {
        string name = "usr/share/" + new string('x', 100);
        byte[] archive = await Archives.WriteAsync((Archives.Entry(name), ""));

        Assert.Equal((byte)'x', archive[156]);
        Assert.Equal("usr/share/PaxHeaders.0/" + new string('x', 77), Encoding.ASCII.GetString(archive, 0, 100));
        Assert.Equal($"120 path={name}\n", Encoding.ASCII.GetString(archive, 512, 120));
        Assert.Equal(name[..100], Encoding.ASCII.GetString(archive, 1024, 100));
    }

    [Fact]
    public async Task Writer_ContentShorterThanSize_Fails()
    {
        var writer = new TarWriter(new MemoryStream());
        var entry = Archives.Entry("f");
        entry.Size = 10;
        await Assert.ThrowsAsync<WharfException>(() => writer.WriteEntryAsync(entry, new MemoryStream([1, 2, 3]), Archives.None).AsTask());
    }

    [Fact]
    public void Writer_AnyEntry_ReaderGivesItBack()
    {
        var name = Gen.NonEmptyListOf(Gen.Choose(1, 255).Where(c => c != '/')).Select(l => l.Select(i => (byte)i).ToArray());
        var time = Gen.Choose(int.MinValue, int.MaxValue).Select(s => new TarTime(s));
        var entries =
            from n in name
            from target in name
            from type in Gen.Elements(Enum.GetValues<TarEntryType>())
            from mode in Gen.Choose(0, 0xFFF)
            from uid in Gen.Choose(0, int.MaxValue)
            from seconds in time
            from major in Gen.Choose(0, 5000)
            from attribute in name
            from value in Gen.ListOf(Gen.Choose(0, 255))
            from content in Gen.ArrayOf(Gen.Choose(0, 255).Select(i => (byte)i))
            select (Entry: new TarEntry
            {
                Name = n,
                Type = type,
                LinkName = type is TarEntryType.HardLink or TarEntryType.SymbolicLink ? target : [],
                Mode = (uint)mode,
                UserId = uid,
                GroupId = int.MaxValue - uid,
                ModificationTime = seconds,
                DeviceMajor = (uint)major,
                DeviceMinor = (uint)(5000 - major),
                Attributes = [new TarAttribute("user.x"u8.ToArray(), [1, .. value.Select(i => (byte)i)])],
            }, Content: type == TarEntryType.File ? content : []);

        Prop.ForAll(Arb.From(entries), member =>
        {
            var output = new MemoryStream();
            var writer = new TarWriter(output);
            member.Entry.Size = member.Content.Length;
            writer.WriteHeaderAsync(member.Entry, Archives.None).AsTask().Wait();
            if (member.Content.Length > 0)
            {
                writer.WriteContentAsync(member.Content, Archives.None).AsTask().Wait();
            }

            writer.FinishAsync(Archives.None).AsTask().Wait();
            var read = Assert.Single(Archives.ReadAsync(output.ToArray()).Result);
            return read.Entry.Name.AsSpan().SequenceEqual(member.Entry.Name)
                && read.Entry.Type == member.Entry.Type
                && read.Entry.LinkName.AsSpan().SequenceEqual(member.Entry.LinkName)
                && (read.Entry.Mode, read.Entry.UserId, read.Entry.GroupId) == (member.Entry.Mode, member.Entry.UserId, member.Entry.GroupId)
                && read.Entry.ModificationTime == member.Entry.ModificationTime
                && (read.Entry.DeviceMajor, read.Entry.DeviceMinor) == (member.Entry.DeviceMajor, member.Entry.DeviceMinor)
                && read.Entry.Attributes.Count == 1
                && read.Entry.Attributes[0].Value.AsSpan().SequenceEqual(member.Entry.Attributes[0].Value)
                && read.Content.AsSpan().SequenceEqual(member.Content);
        }).QuickCheckThrowOnFailure();
    }
}
