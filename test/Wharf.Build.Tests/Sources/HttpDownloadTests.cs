using System.Formats.Tar;
using System.IO.Compression;
using Wharf.Build.Sources;

namespace Wharf.Build.Tests.Sources;

public sealed class HttpDownloadTests : IDisposable
{
    private static readonly DateTimeOffset Older = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000), Newer = Older.AddHours(1);
    private readonly string _path = Path.GetTempFileName();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Time_OfAnArchive_IsItsNewestFile(bool compressed)
    {
        await using (Stream file = File.Create(_path))
        await using (Stream output = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file)
        await using (var writer = new TarWriter(output))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "d") { ModificationTime = Newer.AddYears(1) });
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "d/new") { ModificationTime = Newer });
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "d/old") { ModificationTime = Older });
        }

        Assert.Equal(Newer, await Download(null).TimeAsync(default));
        Assert.Equal(Older, await Download(Older).TimeAsync(default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("FROM busybox\n")]
    public async Task Time_OfAnythingElse_IsWhatTheServerSays(string content)
    {
        await File.WriteAllTextAsync(_path, content);
        Assert.Null(await Download(null).TimeAsync(default));
        Assert.Equal(Newer, await Download(Newer).TimeAsync(default));
    }

    public void Dispose() => File.Delete(_path);

    private HttpDownload Download(DateTimeOffset? modified) => new(_path, "name", "", modified);
}
