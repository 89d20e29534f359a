namespace Wharf.Engine.Disk;

/// <summary>
/// Removal that never waits: a folder is renamed into <c>DATAROOT/trash</c> at once and deleted beside. What cannot be deleted, or what a crash leaves there, goes
/// when the snapshot driver empties the trash at the next start.
/// </summary>
internal static class Trash
{
    /// <param name="dataRoot">The engine's data root.</param>
    /// <param name="folder">The folder, on the same file system; a missing one is no error.</param>
    /// <param name="log">Where a deletion that fails is told.</param>
    public static void Discard(string dataRoot, string folder, IEngineLog log)
    {
        string trash = Path.Combine(dataRoot, "trash");
        Directory.CreateDirectory(trash, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string grave = Path.Combine(trash, Guid.NewGuid().ToString("N"));
        try
        {
            Directory.Move(folder, grave);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        _ = Task.Run(() => Delete(grave, log));
    }

    private static void Delete(string grave, IEngineLog log)
    {
        try
        {
            Directory.Delete(grave, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning($"cannot delete {grave}: {e.Message}");
        }
    }
}
