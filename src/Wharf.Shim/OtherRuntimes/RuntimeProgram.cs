using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Launch;
using Wharf.Shim.Processes;

namespace Wharf.Shim.OtherRuntimes;

/// <summary>Runs the commands of one runtime for one container, one after the other, and reads its log for the reason of a failure.</summary>
internal sealed class RuntimeProgram(string path, string[] arguments, string bundle, ChildReaper reaper)
{
    private string LogPath => Path.Combine(bundle, "runtime.log");

    private string Root => Path.Combine(bundle, "runtime");

    public void Run(string[] command, StdioDescriptors stdio, Action<ProcessEnd> ended)
    {
        FileCalls.Open("/dev/null", OpenFlags.ReadWrite, out SafeFileHandle nothing).ThrowIfError("open", "/dev/null");
        using (nothing)
        {
            int none = nothing.Number();
            int[] descriptors = [Or(stdio.Input, none), Or(stdio.Output, none), Or(stdio.Error, none)];
            string[] all = [path, .. arguments, "--root", Root, "--log", LogPath, "--log-format", "json", .. command];
            string[] environment = ["PATH=" + Environment.GetEnvironmentVariable("PATH")];
            Errno errno = ProcessSpawner.Spawn(path, all, environment, descriptors, null, newSession: false, out int pid);
            if (errno != Errno.None)
            {
                throw WharfException.Unavailable($"cannot run the runtime {path}: {errno.Describe()}");
            }

            reaper.Await(pid, ended);
        }
    }

    /// <summary>The last error in the runtime's log; null when it wrote none.</summary>
    public string? LastError()
    {
        string? last = null;
        if (SmallFile.TryRead(LogPath, out string text) != Errno.None)
        {
            return null;
        }

        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            last = Error(line) ?? last;
        }

        return last;
    }

    private static string? Error(string line)
    {
        try
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            return entry.RootElement.TryGetProperty("level", out JsonElement level) && level.GetString() == "error"
                && entry.RootElement.TryGetProperty("msg", out JsonElement message) ? message.GetString() : null;
        }
        catch (JsonException)
        {
            return line; // not what was asked for, but it is what the runtime had to say
        }
    }

    private static int Or(int descriptor, int none) => descriptor < 0 ? none : descriptor;
}
