using System.IO.Compression;

namespace Wharf.Engine.Logs;

/// <summary>The files of one log, oldest first: NAME.N, perhaps compressed, down to NAME.1, and NAME itself.</summary>
internal static class LogFiles
{
    private const int MostRotations = 1000;

    public static IReadOnlyList<string> Rotated(string path)
    {
        var files = new List<string>();
        for (int i = 1; i <= MostRotations; i++)
        {
            string plain = $"{path}.{i}", compressed = plain + ".gz";
            if (File.Exists(plain))
            {
                files.Add(plain);
            }
            else if (File.Exists(compressed))
            {
                files.Add(compressed);
            }
            else
            {
                break;
            }
        }

        files.Reverse();
        return files;
    }

    /// <summary>The content of a rotated file, or null when rotation took it away meanwhile. Compressed ones are unpacked to memory-free temporary files so that they can be searched.</summary>
    public static Stream? Open(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (!path.EndsWith(".gz", StringComparison.Ordinal))
            {
                return file;
            }

            using (file)
            using (var unpacked = new GZipStream(file, CompressionMode.Decompress))
            {
                var plain = new FileStream(Path.Combine(Path.GetTempPath(), "wharf-log-" + Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite,
                    FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
                unpacked.CopyTo(plain);
                plain.Position = 0;
                return plain;
            }
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
