using Wharf.Daemon.Hosting;
using Wharf.Primitives;

namespace Wharf.Daemon.Tests.Hosting;

public sealed class FolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("wharfd-hosting-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void DataRoot_OpenedTwice_IsRefused()
    {
        (string data, string exec) = (Path.Combine(folder, "data"), Path.Combine(folder, "exec"));
        using (DataRoot.Open(data, exec))
        {
            WharfException error = Assert.Throws<WharfException>(() => DataRoot.Open(data, exec));
            Assert.StartsWith($"data root {data} is in use by another daemon", error.Message, StringComparison.Ordinal);
        }

        using DataRoot again = DataRoot.Open(data, exec);
        Assert.Equal("0710", Convert.ToString((int)File.GetUnixFileMode(data), 8).PadLeft(4, '0'));
        Assert.Equal("0700", Convert.ToString((int)File.GetUnixFileMode(exec), 8).PadLeft(4, '0'));
    }

    [Fact]
    public void PidFile_OfALivingDaemon_IsRefusedAndAStaleOneTaken()
    {
        string path = Path.Combine(folder, "pid");
        File.WriteAllText(path, "999999999");
        using (PidFile.Write(path))
        {
            Assert.Equal($"{Environment.ProcessId}", File.ReadAllText(path));
        }

        Assert.False(File.Exists(path));
    }
}
