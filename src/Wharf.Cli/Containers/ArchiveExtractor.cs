using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Transfer;
using Wharf.Cli.Framework.Commands;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

/// <summary>
/// Unpacks what <c>cp</c> got from a container. The archive is data of the container: a name that climbs out of the target ends the copy, and links in it are
/// followed within the target alone.
/// </summary>
internal static class ArchiveExtractor
{
    /// <returns>The bytes of the archive.</returns>
    public static async Task<long> ExtractAsync(Stream archive, CopyTarget target, bool keepOwner, CancellationToken ct)
    {
        var counted = new CountingStream(archive);
        FileCalls.Open(Path.GetFullPath(target.Folder), OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle folder).ThrowIfError("open", target.Folder);
        using (folder)
        {
            try
            {
                await ContainerFiles.UnpackAsync(folder, counted, new ExtractOptions
                {
                    NoOverwriteDirNonDir = true,
                    CopyOwners = keepOwner,
                    UserId = ProcessCalls.EffectiveUser,
                    GroupId = ProcessCalls.EffectiveGroup,
                    Rename = name => target.Map(Checked(name).TrimEnd('/')),
                }, ct);
            }
            catch (WharfException e)
            {
                // what went wrong here is no answer of the engine
                throw new CommandException(e.Message);
            }
        }

        return counted.Count;
    }

    private static string Checked(string name)
    {
        int depth = 0;
        foreach (string part in name.Split('/'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
            {
                throw new CommandException($"archive entry \"{name}\" is outside of the target directory");
            }
        }

        return name;
    }
}
