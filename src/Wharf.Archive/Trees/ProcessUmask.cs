namespace Wharf.Archive.Trees;

/// <summary>The permissions the kernel takes off new files, read from /proc because umask(2) cannot be asked without being changed.</summary>
internal static class ProcessUmask
{
    private const uint Everything = 0x1FF;

    public static uint Read()
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("Umask:", StringComparison.Ordinal))
            {
                return Convert.ToUInt32(line[6..].Trim(), 8);
            }
        }

        return Everything;
    }
}
