using Wharf.Primitives;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Gets directories out of the way by a rename, and deletes them beside.</summary>
internal static class ContainerTrash
{
    public static void Discard(EngineCore core, string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        string trash = Path.Combine(core.Options.DataRoot, "trash");
        Directory.CreateDirectory(trash);
        string doomed = Path.Combine(trash, "container-" + ObjectId.New()[..16]);
        Directory.Move(directory, doomed);
        _ = Task.Run(() => Delete(core, doomed));
    }

    /// <summary>Deletes what a daemon before us had no time to.</summary>
    public static void Sweep(EngineCore core)
    {
        string trash = Path.Combine(core.Options.DataRoot, "trash");
        if (Directory.Exists(trash))
        {
            foreach (string doomed in Directory.EnumerateDirectories(trash, "container-*"))
            {
                Delete(core, doomed);
            }
        }
    }

    private static void Delete(EngineCore core, string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            core.Log.Warning($"cannot delete {directory}: {e.Message}");
        }
    }
}
