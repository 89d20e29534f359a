using System.Diagnostics;
using Wharf.Primitives;

namespace Wharf.State.Tests;

public sealed class SpaceReserveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-reserve-").FullName;

    public SpaceReserveTests() => Run("mount", "-t", "tmpfs", "-o", "size=40m", "none", _folder);

    public void Dispose()
    {
        Run("umount", "-l", _folder);
        Directory.Delete(_folder);
    }

    [Fact]
    public async Task FullDisk_ARecordCanStillBeWrittenAndTheReserveComesBack()
    {
        string reserve = _folder + "/state.db.reserve", filler = _folder + "/filler";
        await using StateDatabase database = StateDatabase.Open(_folder + "/state.db", [new SchemaPart("things", ["CREATE TABLE things (text TEXT)"])]);
        Assert.Equal(1 << 20, new FileInfo(reserve).Length);
        Fill(filler);

        // more than the space that the log of the database had before
        await database.WriteAsync(connection => Sql.Execute(connection, "INSERT INTO things VALUES ($text)", ("$text", new string('x', 300_000))));

        Assert.False(File.Exists(reserve));
        Fill(filler);
        WharfException full = await Assert.ThrowsAsync<WharfException>(() =>
            database.WriteAsync(connection => Sql.Execute(connection, "INSERT INTO things VALUES ($text)", ("$text", new string('y', 2_000_000)))));
        Assert.Equal("cannot write the state database: no space left on device", full.Message);

        File.Delete(filler);
        await database.WriteAsync(connection => Sql.Execute(connection, "DELETE FROM things WHERE text LIKE 'z%'"));
        Assert.Equal(1 << 20, new FileInfo(reserve).Length);
        Assert.Equal(1, database.Read(connection => Sql.Scalar<long>(connection, "SELECT count(*) FROM things")));
    }

    private static void Fill(string path)
    {
        byte[] block = new byte[4096];
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            return;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
