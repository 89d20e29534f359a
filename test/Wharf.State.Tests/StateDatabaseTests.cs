using Microsoft.Data.Sqlite;
using Wharf.Primitives;

namespace Wharf.State.Tests;

public sealed class StateDatabaseTests : IDisposable
{
    private static readonly SchemaPart Things = new("things", ["CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"]);

    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-state-").FullName;

    private string File => Path.Combine(_folder, "state.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Write_Completed_IsSeenByReadersAndByTheNextOpen()
    {
        await using (StateDatabase database = StateDatabase.Open(File, [Things]))
        {
            long id = await database.WriteAsync(c => Sql.Scalar<long>(c, "INSERT INTO things (name) VALUES ('anchor') RETURNING id"));
            Assert.Equal("anchor", database.Read(c => Sql.Scalar<string>(c, "SELECT name FROM things WHERE id = $id", ("$id", id))));
        }

        await using StateDatabase again = StateDatabase.Open(File, [Things]);
        Assert.Equal(1, again.Read(Count));
    }

    [Fact]
    public async Task Write_ThatThrows_UndoesOnlyItself()
    {
        await using StateDatabase database = StateDatabase.Open(File, [Things]);
        var tasks = new List<Task>();
        for (int i = 0; i < 40; i++)
        {
            int n = i;
            tasks.Add(database.WriteAsync(c =>
            {
                Sql.Execute(c, "INSERT INTO things (name) VALUES ($name)", ("$name", $"n{n}"));
                return n % 4 == 0 ? throw new InvalidOperationException($"refused {n}") : n;
            }));
        }

        int refused = 0;
        foreach (Task task in tasks)
        {
            refused += await Record.ExceptionAsync(() => task) is InvalidOperationException ? 1 : 0;
        }

        Assert.Equal(10, refused);
        Assert.Equal(30, database.Read(Count));
    }

    [Fact]
    public async Task Write_ConstraintViolated_ComesOutAsSqliteError()
    {
        await using StateDatabase database = StateDatabase.Open(File, [Things]);
        await database.WriteAsync(c => Sql.Execute(c, "INSERT INTO things (name) VALUES ('one')"));
        var error = await Assert.ThrowsAsync<SqliteException>(() => database.WriteAsync(c => Sql.Execute(c, "INSERT INTO things (name) VALUES ('one')")));
        Assert.Equal(SqliteCodes.Constraint, error.SqliteErrorCode);
    }

    [Fact]
    public async Task Relaxed_BetweenDurable_KeepsOrder()
    {
        await using StateDatabase database = StateDatabase.Open(File, [Things]);
        Task first = database.WriteRelaxedAsync(c => Sql.Execute(c, "INSERT INTO things (id, name) VALUES (1, 'a')"));
        Task second = database.WriteAsync(c => Sql.Execute(c, "UPDATE things SET name = name || 'b'"));
        Task third = database.WriteRelaxedAsync(c => Sql.Execute(c, "UPDATE things SET name = name || 'c'"));
        await Task.WhenAll(first, second, third);
        Assert.Equal("abc", database.Read(c => Sql.Scalar<string>(c, "SELECT name FROM things")));
    }

    [Fact]
    public async Task Read_WhileWriterIsInsideAGroup_DoesNotWaitAndSeesTheOldState()
    {
        await using StateDatabase database = StateDatabase.Open(File, [Things]);
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        Task write = database.WriteAsync(c =>
        {
            Sql.Execute(c, "INSERT INTO things (name) VALUES ('late')");
            entered.Set();
            return leave.Wait(TimeSpan.FromSeconds(20));
        });
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, database.Read(Count));
        leave.Set();
        await write;
        Assert.Equal(1, database.Read(Count));
    }

    [Fact]
    public async Task Open_WithMoreMigrations_RunsOnlyTheNewOnes()
    {
        await using (StateDatabase database = StateDatabase.Open(File, [Things]))
        {
            await database.WriteAsync(c => Sql.Execute(c, "INSERT INTO things (name) VALUES ('old')"));
        }

        SchemaPart later = Things with { Migrations = [.. Things.Migrations, "ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 7; CREATE INDEX by_size ON things (size)"] };
        await using StateDatabase migrated = StateDatabase.Open(File, [later]);
        Assert.Equal(7, migrated.Read(c => Sql.Scalar<long>(c, "SELECT size FROM things WHERE name = 'old'")));
    }

    [Fact]
    public async Task Open_MigrationThatFails_LeavesTheOldVersion()
    {
        await StateDatabase.Open(File, [Things]).DisposeAsync();
        SchemaPart broken = Things with { Migrations = [.. Things.Migrations, "CREATE TABLE extra (x); NOT SQL"] };
        Assert.Throws<SqliteException>(() => StateDatabase.Open(File, [broken]));
        await using StateDatabase database = StateDatabase.Open(File, [Things]);
        Assert.Equal(0, database.Read(c => Sql.Scalar<long>(c, "SELECT count(*) FROM sqlite_master WHERE name = 'extra'")));
    }

    [Fact]
    public async Task Open_SchemaOfANewerBuild_IsRefusedAndUntouched()
    {
        SchemaPart newer = Things with { Migrations = [.. Things.Migrations, "ALTER TABLE things ADD COLUMN x"] };
        await StateDatabase.Open(File, [newer]).DisposeAsync();
        var error = Assert.Throws<WharfException>(() => StateDatabase.Open(File, [new SchemaPart("others", ["CREATE TABLE others (x)"]), Things]));
        Assert.Equal(ErrorKind.Unavailable, error.Kind);
        Assert.Contains("newer version of the daemon: its part \"things\" has schema version 2, this build knows up to 1", error.Message, StringComparison.Ordinal);
        await using StateDatabase database = StateDatabase.Open(File, [newer]);
        Assert.Equal(0, database.Read(c => Sql.Scalar<long>(c, "SELECT count(*) FROM sqlite_master WHERE name = 'others'")));
    }

    [Fact]
    public async Task Open_DataRootInUse_IsAConflict()
    {
        await using StateDatabase database = StateDatabase.Open(File, [Things]);
        var error = Assert.Throws<WharfException>(() => StateDatabase.Open(File, [Things]));
        Assert.Equal(ErrorKind.Conflict, error.Kind);
        Assert.Contains($"the data root {_folder} is in use by another daemon", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_IsDataLossThatNamesTheFile()
    {
        System.IO.File.WriteAllText(File, new string('x', 8192));
        var error = Assert.Throws<WharfException>(() => StateDatabase.Open(File, [Things]));
        Assert.Equal(ErrorKind.DataLoss, error.Kind);
        Assert.Contains(File, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_AfterDispose_IsUnavailable()
    {
        StateDatabase database = StateDatabase.Open(File, [Things]);
        await database.DisposeAsync();
        var error = await Assert.ThrowsAsync<WharfException>(() => database.WriteAsync(c => 1));
        Assert.Equal(ErrorKind.Unavailable, error.Kind);
    }

    [Fact]
    public async Task Open_CopyOfALiveDatabaseWithItsLog_HasEveryDurableWrite()
    {
        // What kill -9 or a power cut leaves: the files as they are at some moment between two commits.
        await using StateDatabase database = StateDatabase.Open(File, [Things]);
        for (int i = 1; i <= 50; i++)
        {
            await database.WriteAsync(c => Sql.Execute(c, "INSERT INTO things (name) VALUES ($n)", ("$n", $"n{i}")));
            if (i % 10 != 0)
            {
                continue;
            }

            string copy = Directory.CreateDirectory(Path.Combine(_folder, $"copy{i}")).FullName;
            foreach (string name in new[] { "state.db", "state.db-wal" })
            {
                System.IO.File.Copy(Path.Combine(_folder, name), Path.Combine(copy, name));
            }

            await using StateDatabase restored = StateDatabase.Open(Path.Combine(copy, "state.db"), [Things]);
            Assert.Equal(i, restored.Read(Count));
        }
    }

    private static long Count(SqliteConnection connection) => Sql.Scalar<long>(connection, "SELECT count(*) FROM things");
}
