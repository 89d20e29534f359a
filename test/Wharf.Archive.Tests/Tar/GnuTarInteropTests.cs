using Wharf.Archive.Tar;

namespace Wharf.Archive.Tests.Tar;

public sealed class GnuTarInteropTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("gnu")]
    [InlineData("pax")]
    [InlineData("ustar")]
    [InlineData("v7")]
    public async Task Reader_ArchiveOfGnuTar_GivesWhatWasPacked(string format)
    {
        string deep = format == "v7" ? "short" : new string('d', 60) + "/" + new string('e', 60);
        string target = format is "gnu" or "pax" ? deep : "short";
        string longName = format is "gnu" or "pax" ? new string('n', 200) : "name";
        _scratch.Shell($"""
            mkdir -p 'in/{deep}'; printf hello > 'in/{deep}/file'; chmod 4755 'in/{deep}/file'
            printf x > in/{longName}; ln in/{longName} in/hard; ln -s {target} in/soft; : > in/empty
            touch -d @1500000000 in/empty

            """ + (format == "v7" ? "" : "mkfifo in/fifo; mknod in/null c 1 3\n") + $"tar --format={format} --sort=name -cf a.tar -C in .");

        var members = await Archives.ReadAsync(File.OpenRead(_scratch["a.tar"]));
        var byName = members.ToDictionary(m => m.Entry.NameText);

        Assert.Equal("hello"u8, byName[$"./{deep}/file"].Content);
        Assert.Equal("4755", Convert.ToString(byName[$"./{deep}/file"].Entry.Mode, 8));
        Assert.Equal(TarEntryType.Directory, byName["./" + deep].Entry.Type);
        Assert.Equal(target, byName["./soft"].Entry.LinkNameText);
        Assert.Equal(1_500_000_000, byName["./empty"].Entry.ModificationTime.Seconds);
        var links = new[] { byName["./hard"], byName["./" + longName] };
        Assert.Single(links, m => m.Entry.Type == TarEntryType.HardLink);
        Assert.Single(links, m => m.Content.AsSpan().SequenceEqual("x"u8));
        if (format != "v7")
        {
            Assert.Equal(TarEntryType.Fifo, byName["./fifo"].Entry.Type);
            Assert.Equal((TarEntryType.CharacterDevice, 1u, 3u), (byName["./null"].Entry.Type, byName["./null"].Entry.DeviceMajor, byName["./null"].Entry.DeviceMinor));
        }
    }

    [Theory]
    [InlineData("--format=gnu")]
    [InlineData("--format=pax --sparse-version=0.0")]
    [InlineData("--format=pax --sparse-version=0.1")]
    [InlineData("--format=pax --sparse-version=1.0")]
    public async Task Reader_SparseFile_ExpandsHoles(string options)
    {
        // 40 pieces: more than fit the first header of the old form
        _scratch.Shell($"""
            mkdir in; truncate -s 20M in/sparse
            for i in $(seq 1 40); do printf "piece $i" | dd of=in/sparse bs=1 seek=$((i * 400000)) conv=notrunc status=none; done
            printf after > in/zlast
            tar {options} -S --sort=name -cf a.tar -C in .
            """);
        Assert.True(new FileInfo(_scratch["a.tar"]).Length < 2_000_000);

        var members = (await Archives.ReadAsync(File.OpenRead(_scratch["a.tar"]))).ToDictionary(m => m.Entry.NameText);

        Assert.Equal(20 * 1024 * 1024, members["./sparse"].Entry.Size);
        Assert.True(File.ReadAllBytes(_scratch["in/sparse"]).AsSpan().SequenceEqual(members["./sparse"].Content));
        Assert.Equal("after"u8, members["./zlast"].Content);
    }

    [Fact]
    public async Task Writer_AllTypes_GnuTarUnpacksThem()
    {
        string name = new('a', 180);
        var big = Archives.Entry("big-owner");
        big.UserId = 3_000_000;
        big.GroupId = 4_000_000_000;
        big.Attributes.Add(new TarAttribute("user.binary"u8.ToArray(), [0, 255, 10, 61, 0]));
        File.WriteAllBytes(_scratch["a.tar"], await Archives.WriteAsync(
            (Archives.Entry("dir", TarEntryType.Directory), ""),
            (Archives.Entry("dir/" + name), "long name"),
            (Archives.Entry("dir/été"), "unicode"),
            (Archives.Entry("hard", TarEntryType.HardLink, "dir/été"), ""),
            (Archives.Entry("soft", TarEntryType.SymbolicLink, name + name), ""),
            (Archives.Entry("fifo", TarEntryType.Fifo), ""),
            (big, "content")));

        _scratch.Shell("mkdir out; tar --xattrs --xattrs-include='*' --numeric-owner -xpf a.tar -C out");

        Assert.Equal("long name", File.ReadAllText(_scratch["out/dir/" + name]));
        Assert.Equal("unicode", File.ReadAllText(_scratch["out/hard"]));
        Assert.Equal(name + name, new FileInfo(_scratch["out/soft"]).LinkTarget);
        Assert.Equal("3000000 4000000000 1600000000\n", _scratch.Shell("stat -c '%u %g %Y' out/big-owner"));
        Assert.Equal("fifo\n", _scratch.Shell("stat -c %F out/fifo"));
        Assert.Equal(Wharf.Linux.Errno.None, Wharf.Linux.ExtendedAttributes.Get(_scratch["out/big-owner"], "user.binary", out byte[] value));
        Assert.Equal([0, 255, 10, 61, 0], value);
    }

    [Fact]
    public async Task Reader_AttributesOfGnuTar_AreRawBytes()
    {
        _scratch.Shell("printf x > f");
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(Wharf.Linux.Errno.None, Wharf.Linux.ExtendedAttributes.Set(_scratch["f"], "security.capability", capability));
        _scratch.Shell("tar --format=pax --xattrs --xattrs-include='*' -cf a.tar f");

        var members = await Archives.ReadAsync(File.OpenRead(_scratch["a.tar"]));

        TarAttribute attribute = Assert.Single(members[0].Entry.Attributes, a => a.Name.AsSpan().SequenceEqual("security.capability"u8));
        Assert.Equal(capability, attribute.Value);
    }

    public void Dispose() => _scratch.Dispose();
}
