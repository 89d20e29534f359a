using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Wharf.Engine.Containers;
using Wharf.Linux;

namespace Wharf.Engine.Launch;

/// <summary>
/// Resolves users for starts and execs. A container whose files nobody touched has its image's account files, so the answer is remembered per
/// image and a start need not mount the root once more to look.
/// </summary>
internal sealed class UserCache(EngineCore core)
{
    private const int Largest = 4096;

    private readonly ConcurrentDictionary<(string Image, string User, string Groups), ResolvedUser> _byImage = new();

    public ResolvedUser ForStart(Container container)
    {
        ContainerRecord record = container.Current;
        string user = record.Config.User ?? "";
        List<string> groups = record.HostConfig.GroupAdd ?? [];
        bool likeImage = !container.FilesTouched && record.State.StartedAt is null && record.Definition.ImageId.Length > 0 && !record.Definition.Mounts.Exists(m => m.Destination is "/etc" || m.Destination.StartsWith("/etc/", StringComparison.Ordinal));
        var key = (record.Definition.ImageId, user, string.Join('\n', groups));
        if (likeImage && _byImage.TryGetValue(key, out ResolvedUser? known))
        {
            return known;
        }

        using SafeFileHandle root = core.Images.OpenContainerRootfs(record.Id, readOnly: true);
        ResolvedUser resolved = UserResolver.Resolve(root, user, groups);
        if (likeImage)
        {
            if (_byImage.Count >= Largest)
            {
                _byImage.Clear();
            }

            _byImage[key] = resolved;
        }

        return resolved;
    }

    /// <param name="pid">A process of the container, whose root is looked at.</param>
    /// <param name="user">As the exec asks for.</param>
    /// <param name="groups">The container's additional groups.</param>
    public static ResolvedUser ForExec(int pid, string user, IReadOnlyList<string> groups)
    {
        string path = $"/proc/{pid}/root";
        FileCalls.Open(path, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", path);
        using (root)
        {
            return UserResolver.Resolve(root, user, groups);
        }
    }
}
