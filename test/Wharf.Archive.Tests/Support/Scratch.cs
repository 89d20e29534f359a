using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Archive.Tests;

/// <summary>A directory that goes with the test, and the programs of the system to compare with.</summary>
public sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("wharf-archive-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Make(string name)
    {
        Directory.CreateDirectory(this[name]);
        return this[name];
    }

    public SafeFileHandle Open(string name = "")
    {
        FileCalls.Open(this[name], OpenFlags.Directory, out var handle).ThrowIfError("open", this[name]);
        return handle;
    }

    /// <summary>Runs a shell script in the directory; its output, or an exception with what it said.</summary>
    public string Shell(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", "umask 022; " + script])
        {
            WorkingDirectory = Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C", ["TZ"] = "UTC" },
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{script}: {error.Result}");
    }

    public void Dispose()
    {
        using var process = Process.Start("/bin/rm", ["-rf", Path]);
        process.WaitForExit();
    }
}
