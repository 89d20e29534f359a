using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>A build context on disk, gone with the test.</summary>
public sealed class BuildFolder : IDisposable
{
    public BuildFolder(string dockerfile)
    {
        Path = Directory.CreateTempSubdirectory("wharf-build-").FullName;
        File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
        Write("Dockerfile", dockerfile);
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public BuildFolder Write(string name, string content, int mode = 0b110_100_100)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], content, new UTF8Encoding(false));
        File.SetUnixFileMode(this[name], (UnixFileMode)mode);
        return this;
    }

    public BuildFolder Link(string name, string target)
    {
        File.CreateSymbolicLink(this[name], target);
        return this;
    }

    /// <summary>Runs a shell command in the folder, to make what needs other programs.</summary>
    public BuildFolder Shell(string command)
    {
        Command.Run("/bin/sh", ["-ec", command], directory: Path).Ok();
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
