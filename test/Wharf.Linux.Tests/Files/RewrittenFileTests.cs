namespace Wharf.Linux.Tests.Files;

public sealed class RewrittenFileTests : IDisposable
{
    private const uint OwnerOnly = 0b110_000_000;

    private readonly string _root = Directory.CreateTempSubdirectory("wharf-linux-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("", "first")]
    [InlineData("short", "much longer than before")]
    [InlineData("much longer than before", "short")]
    [InlineData("something", "")]
    public void Write_OverAnother_LeavesTheNewContentAlone(string before, string after)
    {
        string path = Path.Combine(_root, "file");
        File.WriteAllText(path, before);
        using var opened = new StreamReader(path);

        RewrittenFile.Write(path, System.Text.Encoding.UTF8.GetBytes(after), OwnerOnly);

        Assert.Equal(after, File.ReadAllText(path));
        // the same file, not one that took its name
        Assert.Equal(after, opened.ReadToEnd());
    }

    [Fact]
    public void Write_Missing_IsMadeWithTheMode()
    {
        string path = Path.Combine(_root, "new");

        RewrittenFile.Write(path, "x"u8, OwnerOnly);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }
}
