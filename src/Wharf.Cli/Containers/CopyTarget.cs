using System.Text;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers;

/// <summary>
/// Where <c>cp</c> puts things, by the rules of cp(1): into an existing directory under the source's name, onto a file, or under a new
/// name; a source that ends in <c>/.</c> means a directory's content.
/// </summary>
internal sealed class CopyTarget
{
    public CopyTarget(string source, bool sourceIsDirectory, string target)
    {
        bool exists = Directory.Exists(target) || File.Exists(target);
        bool isDirectory = Directory.Exists(target);
        bool contentOnly = source.EndsWith("/.", StringComparison.Ordinal) || source == ".";
        string name = Path.GetFileName(source.TrimEnd('/').TrimEnd('.').TrimEnd('/'));
        if (!exists)
        {
            string? parent = Path.GetDirectoryName(Path.GetFullPath(target.TrimEnd('/')));
            if (parent is not null && !Directory.Exists(parent))
            {
                throw new CommandException($"invalid output path: directory \"{parent}\" does not exist");
            }

            if (target.EndsWith('/') && !sourceIsDirectory)
            {
                throw new CommandException("no such directory");
            }
        }

        if (exists && !isDirectory && sourceIsDirectory)
        {
            throw new CommandException("cannot copy directory");
        }

        bool rename = !exists || !isDirectory || contentOnly;
        Folder = rename && !(isDirectory && contentOnly) ? Path.GetDirectoryName(Path.GetFullPath(target.TrimEnd('/') is { Length: > 0 } t ? t : "/")) ?? "/" : target;
        string newName = isDirectory && contentOnly ? "" : rename ? Path.GetFileName(target.TrimEnd('/')) : name;
        NewName = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(newName));
    }

    private CopyTarget(string folder)
    {
        Folder = folder;
        NewName = "";
        _keepsPaths = true;
    }

    private readonly bool _keepsPaths;

    /// <summary>An archive that is unpacked into a directory with the paths it has.</summary>
    public static CopyTarget Whole(string folder) => new(folder);

    /// <summary>The directory into which the archive is unpacked.</summary>
    public string Folder { get; }

    private string NewName { get; }

    /// <summary>An entry's path below the directory, its first component replaced; each character is a byte of the name.</summary>
    public string Map(string entry)
    {
        string trimmed = entry.TrimStart('/');
        if (_keepsPaths)
        {
            return trimmed;
        }

        int slash = trimmed.IndexOf('/');
        string rest = slash < 0 ? "" : trimmed[(slash + 1)..];
        return NewName.Length == 0 ? rest : rest.Length == 0 ? NewName : NewName + "/" + rest;
    }

    /// <summary>For the way into a container: the directory there, and the name under which the source arrives.</summary>
    public static (string Directory, string? Name) Inside(string source, string target, bool exists, bool isDirectory)
    {
        bool sourceIsDirectory = Directory.Exists(source);
        if (!sourceIsDirectory && !File.Exists(source) && new FileInfo(source).LinkTarget is null)
        {
            throw new CommandException($"lstat {Path.GetFullPath(source)}: no such file or directory");
        }

        bool contentOnly = source.EndsWith("/.", StringComparison.Ordinal) || source == ".";
        if (exists && isDirectory)
        {
            return (target, contentOnly ? null : Path.GetFileName(source.TrimEnd('/')));
        }

        if (exists && sourceIsDirectory)
        {
            throw new CommandException("cannot copy directory");
        }

        if (!exists && target.EndsWith('/') && !sourceIsDirectory)
        {
            throw new CommandException("no such directory");
        }

        string clean = target.TrimEnd('/');
        int slash = clean.LastIndexOf('/');
        return (slash <= 0 ? "/" : clean[..slash], clean[(slash + 1)..]);
    }
}
