using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots.Overlay;

/// <summary>DRIVER/l: one link of 8 characters per layer, leading to its diff.</summary>
internal sealed class ShortLinks
{
    private const string Folder = "l";
    private const string File = "link";
    private const int NameLength = 8;

    /// <summary>What mount(2) takes in one page, less room for the other options.</summary>
    private const int MostOptionBytes = 3500;

    private readonly string _root;
    private readonly string _folder;

    public ShortLinks(string root)
    {
        _root = root;
        _folder = Path.Combine(root, Folder);
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Makes the link of the layer that <paramref name="path"/> will be under the name <paramref name="id"/>.</summary>
    public void Create(string path, string id)
    {
        string name;
        Errno errno;
        do
        {
            name = SecureRandom.Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", NameLength);
            errno = Link(id, name);
        }
        while (errno == Errno.EEXIST);
        errno.ThrowIfError("symlink", name);
        System.IO.File.WriteAllText(Path.Combine(path, File), name);
    }

    public void Remove(string path)
    {
        if (Read(path) is { } name)
        {
            System.IO.File.Delete(Path.Combine(_folder, name));
        }
    }

    /// <summary>The diff directories of a chain: by their full names, or by the short ones when those would be too long for the kernel.</summary>
    public IReadOnlyList<string> Fit(string[] chain)
    {
        string[] full = [.. chain.Select(id => Path.Combine(_root, id, "diff"))];
        return full.Sum(p => p.Length + 1) <= MostOptionBytes ? full
            : [.. chain.Select((id, i) => Read(Path.Combine(_root, id)) is { } name ? Path.Combine(_folder, name) : full[i])];
    }

    /// <summary>Removes links to nothing and makes those that a crash has kept from being made.</summary>
    public void Mend()
    {
        foreach (string link in Directory.EnumerateFileSystemEntries(_folder))
        {
            if (!Directory.Exists(link))
            {
                System.IO.File.Delete(link);
            }
        }

        foreach (string path in Directory.EnumerateDirectories(_root))
        {
            if (Read(path) is { } name && !Directory.Exists(Path.Combine(_folder, name)))
            {
                Link(Path.GetFileName(path), name).ThrowIfError("symlink", name);
            }
        }
    }

    private Errno Link(string id, string name) =>
        NameCalls.MakeSymbolicLink($"../{id}/diff", FileCalls.CurrentDirectory, Path.Combine(_folder, name));

    private static string? Read(string path)
    {
        string file = Path.Combine(path, File);
        return System.IO.File.Exists(file) && System.IO.File.ReadAllText(file).Trim() is { Length: NameLength } name && name.All(char.IsAsciiLetterOrDigit) ? name : null;
    }
}
