namespace Wharf.Engine;

/// <summary>
/// Removal that never waits and never fails half-way for its caller: the folder is renamed into <c>DATAROOT/trash</c> at once and deleted beside. What a crash
/// leaves there is deleted at the next start by whoever owns the trash.
/// </summary>
internal static class Trash
{
    public static void Delete(string dataRoot, string path)
    {
        string trash = Path.Combine(dataRoot, "trash");
        Directory.CreateDirectory(trash, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string grave = Path.Combine(trash, Guid.NewGuid().ToString("N"));
        try
        {
            Directory.Move(path, grave);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        _ = Task.Run(() => Directory.Delete(grave, recursive: true));
    }
}
