using System.Security.Cryptography;
using System.Text;
using Wharf.Build.Copying;

namespace Wharf.Build.Tests.Copying;

public sealed class KnownContentsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void File_AppendedTo_TellsEachContentOnce()
    {
        byte[] one = SHA256.HashData("one"u8), two = SHA256.HashData("two!"u8);
        Write((one, 0, 3), (two, 3, 4), (one, 0, 3), (SHA256.HashData([]), 7, 0));
        using var known = KnownContents.Open(_path);
        Assert.NotNull(known);
        Assert.Equal(2, known.Count);
        Assert.Equal(2 * KnownContents.ListedBytes, known.List().Length);
        Assert.True(known.TryFind(two, out long offset, out long length));
        Assert.Equal((3, 4), (offset, length));
        Assert.False(known.TryFind(SHA256.HashData("three"u8), out _, out _));
        Assert.False(known.TryFind([1, 2], out _, out _));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(-1)]
    public void File_WithAByteChangedBehindTheContents_IsNone(int at)
    {
        Write((SHA256.HashData("one"u8), 0, 3), (SHA256.HashData("two!"u8), 3, 4));
        byte[] bytes = File.ReadAllBytes(_path);
        bytes[at < 0 ? bytes.Length + at : at] ^= 1;
        File.WriteAllBytes(_path, bytes);
        Assert.Null(KnownContents.Open(_path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("WHARFKC1")]
    public void OtherFile_IsNone(string text)
    {
        File.WriteAllText(_path, text);
        Assert.Null(KnownContents.Open(_path));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(-1, 3)]
    [InlineData(long.MaxValue, 3)]
    public void Record_ThatLeadsOutOfTheContents_IsNone(long offset, long length)
    {
        Write((SHA256.HashData("one"u8), offset, length));
        Assert.Null(KnownContents.Open(_path));
    }

    private void Write(params (byte[] Hash, long Offset, long Length)[] files)
    {
        File.WriteAllBytes(_path, Encoding.ASCII.GetBytes("onetwo!"));
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite);
        KnownContents.Append(file, files);
    }
}
