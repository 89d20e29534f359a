namespace Wharf.State;

/// <summary>
/// A file beside the database that keeps some space of the disk for it. On a disk that others filled to the last byte nothing can be recorded any more, not
/// even that something is to be removed; letting the reserve go makes that possible, and with it the disk is emptied again.
/// </summary>
internal sealed class SpaceReserve(string path)
{
    // Far more than the pages that the removal of everything at hand changes.
    private const int Size = 1 << 20;
    private const int RoomBesides = 16 * Size;

    /// <summary>There is something to let go.</summary>
    public bool IsWhole { get; private set; } = File.Exists(path) && new FileInfo(path).Length == Size;

    /// <summary>Takes the space, when the disk has enough besides.</summary>
    public void TryFill()
    {
        if (IsWhole)
        {
            return;
        }

        try
        {
            if (new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace < RoomBesides)
            {
                return;
            }

            // written, not only sized: a file with a hole holds no space
            File.WriteAllBytes(path, new byte[Size]);
            IsWhole = true;
        }
        catch (IOException)
        {
            // somebody was faster than the look at the free space
            Release();
        }
    }

    public void Release()
    {
        IsWhole = false;
        File.Delete(path);
    }
}
