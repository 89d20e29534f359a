using System.IO.Compression;
using System.Text;
using Wharf.Primitives;
using Wharf.Runtime.Logging;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Tests.Logging;

public sealed class LogFileTests : IDisposable
{
    private static readonly DateTime Time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1234500);

    private readonly string _directory = Directory.CreateTempSubdirectory("wharf-log").FullName;

    private string LogPath => Path.Combine(_directory, "c-json.log");

    [Fact]
    public void Write_Lines_GivesDockersBytes()
    {
        using (LogFile log = Open())
        {
            log.Write(LogStream.Stdout, "hello <world>\nhalf"u8, Time);
            log.Write(LogStream.Stderr, "oops\n"u8, Time);
            log.Write(LogStream.Stdout, " line\n\n"u8, Time.Date);
        }

        Assert.Equal("""
            {"log":"hello \u003cworld\u003e\n","stream":"stdout","time":"2026-01-02T03:04:05.12345Z"}
            {"log":"oops\n","stream":"stderr","time":"2026-01-02T03:04:05.12345Z"}
            {"log":"half line\n","stream":"stdout","time":"2026-01-02T00:00:00Z"}
            {"log":"\n","stream":"stdout","time":"2026-01-02T00:00:00Z"}

            """, File.ReadAllText(LogPath));
        Assert.Equal((UnixFileMode)0x1A0, File.GetUnixFileMode(LogPath));
    }

    [Fact]
    public void Write_Attributes_AreSortedAndEscaped()
    {
        using (LogFile log = Open(attributes: new Dictionary<string, string> { ["tag"] = "a&b", ["Label"] = "x\"y" }))
        {
            log.Write(LogStream.Stdout, "x\n"u8, Time);
        }

        Assert.Equal("""{"log":"x\n","stream":"stdout","attrs":{"Label":"x\"y","tag":"a\u0026b"},"time":"2026-01-02T03:04:05.12345Z"}""" + "\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void End_OfAnUnfinishedLine_WritesItWithoutNewline()
    {
        using (LogFile log = Open())
        {
            log.Write(LogStream.Stdout, "prompt> "u8, Time);
            Assert.Equal(0, new FileInfo(LogPath).Length);
            log.End(LogStream.Stdout, Time);
        }

        Assert.Equal("""{"log":"prompt\u003e ","stream":"stdout","time":"2026-01-02T03:04:05.12345Z"}""" + "\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Write_OverTheSize_RotatesAndKeepsTheNewest()
    {
        using (LogFile log = Open(maxSize: 200, maxFiles: 3))
        {
            for (int i = 0; i < 20; i++)
            {
                log.Write(LogStream.Stdout, Encoding.ASCII.GetBytes($"line {i}\n"), Time);
            }
        }

        Assert.Equal(["c-json.log", "c-json.log.1", "c-json.log.2"], Names());
        string[] kept = [.. ((string[])["c-json.log.2", "c-json.log.1", "c-json.log"]).SelectMany(n => File.ReadAllLines(Path.Combine(_directory, n)))];
        Assert.EndsWith("line 19\\n", Text(kept[^1]));
        int first = int.Parse(Text(kept[0])["line ".Length..^2]);
        Assert.Equal(Enumerable.Range(first, 20 - first).Select(i => $"line {i}\\n"), kept.Select(Text));
        Assert.All(Names(), n => Assert.InRange(new FileInfo(Path.Combine(_directory, n)).Length, 1, 400));
    }

    [Fact]
    public void Write_OverTheSizeWithOneFile_StartsAnew()
    {
        using (LogFile log = Open(maxSize: 100, maxFiles: 1))
        {
            log.Write(LogStream.Stdout, "one\ntwo\nthree\n"u8, Time);
        }

        Assert.Equal(["c-json.log"], Names());
        Assert.Equal("three\\n", Text(Assert.Single(File.ReadAllLines(LogPath))));
    }

    [Fact]
    public void Write_WithCompression_LeavesWholeGzipFiles()
    {
        using (LogFile log = Open(maxSize: 5000, maxFiles: 3, compress: true))
        {
            for (int i = 0; i < 1000; i++)
            {
                log.Write(LogStream.Stdout, Encoding.ASCII.GetBytes($"line {i}\n"), Time);
                if (i % 3 == 0 && log.HasWork)
                {
                    log.Step();
                }
            }
        }

        Assert.Equal(["c-json.log", "c-json.log.1.gz", "c-json.log.2.gz"], Names());
        using var gzip = new GZipStream(File.OpenRead(LogPath + ".1.gz"), CompressionMode.Decompress);
        string older = new StreamReader(gzip).ReadToEnd();
        int last = int.Parse(Text(older.TrimEnd('\n').Split('\n')[^1])["line ".Length..^2]);
        Assert.Equal($"line {last + 1}\\n", Text(File.ReadLines(LogPath).First()));
    }

    [Fact]
    public void Open_AfterACrashDuringCompression_FinishesIt()
    {
        File.WriteAllText(LogPath + ".1", "old\n");
        File.WriteAllText(LogPath + ".1.gz.tmp", "torn");
        Open(maxSize: 1000, maxFiles: 3, compress: true).Dispose();
        Assert.Equal(["c-json.log", "c-json.log.1.gz"], Names());
    }

    [Fact]
    public void Open_ExistingFile_AppendsAndCountsItsSize()
    {
        File.WriteAllText(LogPath, new string('x', 500) + "\n");
        using (LogFile log = Open(maxSize: 400, maxFiles: 2))
        {
            log.Write(LogStream.Stdout, "new\n"u8, Time);
        }

        Assert.Equal(["c-json.log", "c-json.log.1"], Names());
    }

    [Fact]
    public void Write_DiskFull_DropsWithANoteAndGoesOn()
    {
        // /dev/full refuses every write; a link lets the same path lead to a real file later.
        string link = Path.Combine(_directory, "linked.log");
        File.CreateSymbolicLink(link, "/dev/full");
        using var log = new LogFile(link, new JsonFileEncoder(null), new LogRotation(0, 1, false));
        log.Write(LogStream.Stdout, "lost\n"u8, Time);
        Assert.True(log.LostBytes > 0);
    }

    [Fact]
    public void Write_OnATinyFileSystem_KeepsWholeEntriesAndNotesTheLoss()
    {
        Assert.SkipUnless(Wharf.Linux.ProcessCalls.IsRoot, "mounting needs root");
        string mount = Directory.CreateDirectory(Path.Combine(_directory, "tiny")).FullName;
        Assert.Equal(Wharf.Linux.Errno.None, Wharf.Linux.MountCalls.Mount("tmpfs", mount, "tmpfs", 0, "size=64k"));
        try
        {
            string path = Path.Combine(mount, "x.log");
            string filler = Path.Combine(mount, "filler");
            File.WriteAllBytes(filler, new byte[40 * 1024]);
            using (var log = new LogFile(path, new JsonFileEncoder(null), new LogRotation(0, 1, false)))
            {
                byte[] lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('a', 99) + "\n", 500)));
                log.Write(LogStream.Stdout, lines, Time);
                Assert.True(log.LostBytes > 0);
                Assert.All(File.ReadAllLines(path), line => Assert.EndsWith("\"}", line));
                File.Delete(filler);
                log.Write(LogStream.Stdout, "again\n"u8, Time);
                Assert.Equal(0, log.LostBytes);
            }

            string[] written = File.ReadAllLines(path);
            Assert.Contains("bytes of log entries were lost: no space left on device", written[^2]);
            Assert.Equal("again\\n", Text(written[^1]));
        }
        finally
        {
            Wharf.Linux.MountCalls.Unmount(mount, Wharf.Linux.UnmountFlags.Detach);
        }
    }

    [Fact]
    public void Local_Entries_HaveTheirLengthOnBothSides()
    {
        string path = Path.Combine(_directory, "container.log");
        using (var log = new LogFile(path, new LocalLogEncoder(), new LogRotation(0, 1, false)))
        {
            log.Write(LogStream.Stderr, "hi\n"u8, DateTime.UnixEpoch.AddSeconds(1));
        }

        byte[] body = [0x0a, 6, .. "stderr"u8, 0x10, 0x80, 0x94, 0xeb, 0xdc, 0x03, 0x1a, 2, .. "hi"u8];
        Assert.Equal([0, 0, 0, (byte)body.Length, .. body, 0, 0, 0, (byte)body.Length], File.ReadAllBytes(path));
    }

    [Fact]
    public void Rotation_WithoutFiles_IsRefusedInDockersWords() =>
        Assert.Equal("max-file cannot be less than 1", Assert.Throws<WharfException>(() => new LogRotation(10, 0, false)).Message);

    [Fact]
    public void ContainerLog_UnknownDriver_IsRefusedByName() =>
        Assert.Contains("syslog", Assert.Throws<WharfException>(() => ContainerLog.Open(new ShimLog { Driver = "syslog" })).Message);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private LogFile Open(long maxSize = 0, int maxFiles = 1, bool compress = false, IReadOnlyDictionary<string, string>? attributes = null) =>
        new(LogPath, new JsonFileEncoder(attributes), new LogRotation(maxSize, maxFiles, compress));

    private string[] Names() => [.. Directory.GetFiles(_directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Text(string entry) => entry[8..entry.IndexOf("\",\"stream", StringComparison.Ordinal)];
}
