using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Images;

/// <summary>Files that a command reads, with the errors that Go's os.Open gives.</summary>
internal static class InputFile
{
    public static FileStream Open(string path)
    {
        if (path.Length == 0)
        {
            throw new CommandException("open : no such file or directory");
        }

        try
        {
            return new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"open {path}: no such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(Directory.Exists(path) ? $"read {path}: is a directory" : $"open {path}: permission denied");
        }
    }

    public static byte[] ReadAll(string path)
    {
        using FileStream file = Open(path);
        using var memory = new MemoryStream();
        file.CopyTo(memory);
        return memory.ToArray();
    }
}
