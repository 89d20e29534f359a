using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Framework.Output;

/// <summary>A stream saved to a file, whole or not at all, or written to standard output.</summary>
internal static class OutputFile
{
    /// <param name="cli">The client.</param>
    /// <param name="path">The file; empty for standard output.</param>
    /// <param name="source">What to write.</param>
    /// <param name="failure">What the error begins with.</param>
    /// <param name="ct">Stops copying.</param>
    public static async Task WriteAsync(CliContext cli, string path, Stream source, string failure, CancellationToken ct)
    {
        if (path.Length == 0)
        {
            await source.CopyToAsync(cli.Out.Stream, ct);
            return;
        }

        Check(path, failure);
        string temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".tmp-{Path.GetFileName(path)}{Environment.ProcessId}");
        try
        {
            await using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
            {
                await source.CopyToAsync(file, ct);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new CommandException($"{failure}: {FileErrors.Text(e)}");
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Check(string path, string failure)
    {
        string? directory = Path.GetDirectoryName(Path.GetFullPath(path));
        if (directory is not null && !Directory.Exists(directory))
        {
            throw new CommandException($"{failure}: invalid output path: stat {Path.GetDirectoryName(path)}: no such file or directory");
        }

        if (Directory.Exists(path))
        {
            throw new CommandException($"{failure}: invalid output path: \"{path}\" must be a regular file");
        }
    }
}
