using Wharf.Images;
using Wharf.Images.Containers;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Sets back the times of what a step changed, so that the same step gives the same layer whenever it runs.</summary>
internal static class FileTimes
{
    public static async Task LimitAsync(IImageService images, string workspaceId, DateTimeOffset latest, CancellationToken ct)
    {
        var changes = await images.DiffContainerAsync(workspaceId, ct);
        if (changes.Count == 0)
        {
            return;
        }

        using var root = images.OpenContainerRootfs(workspaceId, readOnly: false);
        var limit = new TimeSpec(latest.ToUnixTimeSeconds(), 0);
        foreach (var change in changes.Where(c => c.Kind != ContainerChangeKind.Deleted))
        {
            // The paths come from the file system itself and no process of the step is left, so no part of them can be a link.
            string path = change.Path.TrimStart('/');
            path = path.Length == 0 ? "." : path;
            NameCalls.Status(root, path, AtFlags.SymlinkNoFollow, out FileStatus status).ThrowIfError("statx", change.Path);
            if (status.Modified.Seconds > limit.Seconds || (status.Modified.Seconds == limit.Seconds && status.Modified.Nanoseconds > 0))
            {
                NameCalls.SetTimes(root, path, limit, limit, AtFlags.SymlinkNoFollow).ThrowIfError("utimensat", change.Path);
            }
        }
    }
}
