using Wharf.Primitives;

namespace Wharf.Daemon.Hosting;

/// <summary>The file with this process's number; refuses to start beside a living daemon that wrote it, and goes when the daemon goes.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string path;

    private PidFile(string path) => this.path = path;

    public static PidFile Write(string path)
    {
        if (File.Exists(path)
            && int.TryParse(File.ReadAllText(path).Trim(), out int pid)
            && pid != Environment.ProcessId
            && IsDaemon(pid))
        {
            throw WharfException.Conflict($"failed to start daemon, ensure docker is not running or delete {path}: process with PID {pid} is still running");
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        File.WriteAllText(path, $"{Environment.ProcessId}");
        return new PidFile(path);
    }

    public void Dispose() => File.Delete(path);

    // After a reboot the number may belong to anyone; only a process of the same program is a reason to stay away, and only while it lives:
    // one that was killed keeps its number until its parent has looked.
    private static bool IsDaemon(int pid)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{pid}/stat");
            char state = status[status.LastIndexOf(')') + 2];
            return state is not ('Z' or 'X') && File.ReadAllText($"/proc/{pid}/comm").Trim() == File.ReadAllText("/proc/self/comm").Trim();
        }
        catch (IOException)
        {
            return false;
        }
    }
}
