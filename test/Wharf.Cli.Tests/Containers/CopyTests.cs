using System.Formats.Tar;
using Wharf.Cli.Containers;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Tests.Containers;

public sealed class CopyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-cp").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static MemoryStream Archive(params TarEntry[] entries)
    {
        var memory = new MemoryStream();
        using (var writer = new TarWriter(memory, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        memory.Position = 0;
        return memory;
    }

    private static Task<long> ExtractAsync(Stream archive, CopyTarget target) => ArchiveExtractor.ExtractAsync(archive, target, keepOwner: false, CancellationToken.None);

    private static PaxTarEntry TextFile(string name, string text) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) };

    [Theory]
    [InlineData("../../evil")]
    [InlineData("x/../../../evil")]
    [InlineData("x/../../../../tmp/evil")]
    public async Task Extract_NameThatClimbsOut_IsRefused(string name)
    {
        string inside = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName;
        using MemoryStream archive = Archive(TextFile("x/" + name, "bad"));
        await Assert.ThrowsAsync<CommandException>(() => ExtractAsync(archive, new CopyTarget("/x", true, inside)));
        Assert.False(File.Exists(Path.Combine(_folder, "evil")));
    }

    [Fact]
    public async Task Extract_ThroughItsOwnLink_IsRefused()
    {
        string inside = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName;
        string outside = Directory.CreateDirectory(Path.Combine(_folder, "out")).FullName;
        using MemoryStream archive = Archive(
            new PaxTarEntry(TarEntryType.Directory, "x"),
            new PaxTarEntry(TarEntryType.SymbolicLink, "x/link") { LinkName = outside },
            TextFile("x/link/evil", "bad"));
        await Assert.ThrowsAsync<CommandException>(() => ExtractAsync(archive, new CopyTarget("/x", true, inside)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Theory]
    [InlineData("/etc/conf", true, "dir", "dir/conf/a")]
    [InlineData("/etc/conf/.", true, "dir", "dir/a")]
    [InlineData("/etc/conf", true, "new", "new/a")]
    public async Task Extract_Directory_LandsWhereCpPutsIt(string source, bool isDirectory, string target, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "dir"));
        string top = source.EndsWith('.') ? "." : "conf";
        using MemoryStream archive = Archive(new PaxTarEntry(TarEntryType.Directory, top + "/"), TextFile(top + "/a", "text"));
        await ExtractAsync(archive, new CopyTarget(source, isDirectory, Path.Combine(_folder, target)));
        Assert.Equal("text", File.ReadAllText(Path.Combine(_folder, expected)));
    }

    [Fact]
    public async Task Extract_FileUnderNewName_IsRenamed()
    {
        using MemoryStream archive = Archive(TextFile("passwd", "text"));
        await ExtractAsync(archive, new CopyTarget("/etc/passwd", false, Path.Combine(_folder, "copy")));
        Assert.Equal("text", File.ReadAllText(Path.Combine(_folder, "copy")));
    }

    [Theory]
    [InlineData("c:/a", "c", "/a")]
    [InlineData("/a:b", null, "/a:b")]
    [InlineData("./a:b", null, "./a:b")]
    [InlineData("a", null, "a")]
    [InlineData("-", null, "-")]
    public void Split_TellsContainersFromPaths(string argument, string? container, string path) =>
        Assert.Equal((container, path), CopyCommand.Split(argument));
}
