using System.Globalization;
using Wharf.Linux;

namespace Wharf.Runtime.Cgroups;

/// <summary>Making, listing and removing one cgroup directory.</summary>
internal static class CgroupDirectory
{
    private const uint Mode = 0b111_101_101;

    /// <summary>Makes every missing part of the path, with what each level needs before the next can be used. False where all of it was there.</summary>
    public static bool Create(CgroupHierarchy hierarchy, string path)
    {
        string current = hierarchy.MountPoint;
        bool made = false;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string parent = current;
            if (hierarchy.Unified)
            {
                PassControllersDown(parent);
            }

            current += "/" + part;
            Errno errno = NameCalls.MakeDirectory(FileCalls.CurrentDirectory, current, Mode);
            if (errno != Errno.EEXIST)
            {
                errno.ThrowIfError("mkdir", current);
            }

            made = errno == Errno.None;

            // a v1 cpuset is born empty, and no process can enter an empty one; one that is there may have been made a moment ago by somebody who is not that far yet
            if (hierarchy.Has("cpuset") && !hierarchy.Unified)
            {
                CopyDown(parent, current, "cpuset.cpus");
                CopyDown(parent, current, "cpuset.mems");
            }
        }

        return made;
    }

    public static IReadOnlyList<int> Pids(string directory)
    {
        var pids = new List<int>();
        Collect(directory, pids);
        return pids;
    }

    public static void Remove(string directory)
    {
        const int Tries = 200;
        for (int attempt = 0; ; attempt++)
        {
            Errno errno = NameCalls.Unlink(FileCalls.CurrentDirectory, directory, AtFlags.RemoveDirectory);
            if (errno is Errno.None or Errno.ENOENT or Errno.EROFS)
            {
                return;
            }

            if (errno != Errno.EBUSY || attempt == Tries)
            {
                errno.ThrowIfError("rmdir", directory);
            }

            // children first; then wait for processes that have ended but are not off the cgroup yet
            foreach (string child in Children(directory))
            {
                Remove(child);
            }

            if (attempt > 0)
            {
                Thread.Sleep(5);
            }
        }
    }

    private static void Collect(string directory, List<int> pids)
    {
        if (SmallFile.TryRead(directory + "/cgroup.procs", out string text) != Errno.None)
        {
            return;
        }

        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            // 0 stands for a process that our pid namespace does not see
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0)
            {
                pids.Add(pid);
            }
        }

        foreach (string child in Children(directory))
        {
            Collect(child, pids);
        }
    }

    private static string[] Children(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static void PassControllersDown(string directory)
    {
        if (SmallFile.TryRead(directory + "/cgroup.controllers", out string available) != Errno.None
            || SmallFile.TryRead(directory + "/cgroup.subtree_control", out string enabled) != Errno.None)
        {
            return;
        }

        string[] on = enabled.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        foreach (string controller in available.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Array.IndexOf(on, controller) >= 0)
            {
                continue;
            }

            // One by one: a controller that refuses (EBUSY where processes sit, EINVAL in a threaded tree) must not keep the others away.
            // What a limit then misses is reported when the limit is applied.
            _ = SmallFile.TryWrite(directory + "/cgroup.subtree_control", "+" + controller);
        }
    }

    private static void CopyDown(string parent, string child, string file)
    {
        string value = SmallFile.Read($"{child}/{file}").Trim();
        if (value.Length == 0)
        {
            SmallFile.Write($"{child}/{file}", SmallFile.Read($"{parent}/{file}").Trim());
        }
    }
}
