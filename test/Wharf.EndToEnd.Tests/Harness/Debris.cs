namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>What an engine left behind after it was told to end: finds it for the leak test, and takes it away after any test.</summary>
internal static class Debris
{
    /// <summary>Every mount, process and cgroup that still belongs to the engine's root; the parent group was ours to name and stays, as with Docker.</summary>
    public static IReadOnlyList<string> Find(Engine engine) =>
        [.. Mounts(engine).Select(m => "mount " + m), .. Processes(engine).Select(p => $"process {p.Pid}: {p.Line}"), .. Cgroups(engine).Where(c => Path.GetFileName(c) != engine.Name).Select(c => "cgroup " + c)];

    public static void Sweep(Engine engine)
    {
        foreach (var process in Processes(engine))
        {
            Command.Run("kill", ["-KILL", process.Pid.ToString()]);
        }

        for (int i = 0; i < 100 && Processes(engine).Any(); i++)
        {
            Thread.Sleep(20);
        }

        foreach (string mount in Mounts(engine).Reverse())
        {
            Command.Run("umount", ["-l", mount]);
        }

        foreach (string cgroup in Cgroups(engine).OrderByDescending(c => c.Length))
        {
            try
            {
                Directory.Delete(cgroup);
            }
            catch (IOException)
            {
                // A process that is still dying holds it; the kernel's empty folder is harmless and unique by name.
            }
        }

        Command.Run("ip", ["netns", "del", engine.Name]);
        Command.Run("rm", ["-rf", engine.Root]);
    }

    private static IEnumerable<string> Mounts(Engine engine) =>
        File.ReadLines("/proc/self/mountinfo").Select(l => l.Split(' ')[4]).Where(m => m.StartsWith(engine.Root + "/", StringComparison.Ordinal)).ToList();

    private static IEnumerable<(int Pid, string Line)> Processes(Engine engine)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int pid) || pid == Environment.ProcessId)
            {
                continue;
            }

            string line = Read(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
            if (line.Contains(engine.Root, StringComparison.Ordinal) || Read(Path.Combine(folder, "cgroup")).Contains("/" + engine.Name + "/", StringComparison.Ordinal))
            {
                yield return (pid, line);
            }
        }
    }

    private static IEnumerable<string> Cgroups(Engine engine)
    {
        foreach (string controller in Directory.EnumerateDirectories("/sys/fs/cgroup"))
        {
            string path = Path.Combine(controller, engine.Name);
            if (Directory.Exists(path))
            {
                foreach (string nested in Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories))
                {
                    yield return nested;
                }

                yield return path;
            }
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // the process ended while we looked
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }
}
