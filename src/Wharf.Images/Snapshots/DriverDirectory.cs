using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots;

/// <summary>
/// DATAROOT/DRIVER and what all drivers do with it: a directory per id that only root may enter, drafts under another name until they
/// are whole, removal by way of the trash.
/// </summary>
internal sealed class DriverDirectory
{
    public const string DraftSuffix = ".draft";

    /// <summary>0710: containers of remapped users reach their layer by its full name only.</summary>
    private const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    private readonly Trash _trash;

    public DriverDirectory(string name, SnapshotSettings settings)
    {
        Settings = settings;
        Root = Path.Combine(settings.DataRoot, name);
        // overlayfs takes its directories in one string with these as separators
        if (settings.DataRoot.AsSpan().ContainsAny(":,\\"))
        {
            throw WharfException.Invalid($"data root {settings.DataRoot} must not contain a colon, comma or backslash");
        }

        Directory.CreateDirectory(Root, Closed);

        // A hint: where there is none, layers are made as always.
        _ = PlacementCalls.Spread(Root);
        _trash = new Trash(settings);
    }

    public SnapshotSettings Settings { get; }

    public string Root { get; }

    /// <summary>Where removed things wait for their deletion.</summary>
    public string TrashPath => _trash.Directory;

    public string Of(string id) => Path.Combine(Root, RequireId(id));

    public string DraftOf(string id) => Of(id) + DraftSuffix;

    public static string RecipeOf(string layerPath) => Path.Combine(layerPath, "recipe");

    public SafeFileHandle? OpenRecipe(string id)
    {
        string path = RecipeOf(Of(id));
        return Directory.Exists(path) ? Open(path) : null;
    }

    public bool Exists(string id) => Directory.Exists(Of(id));

    public void RequireExists(string id)
    {
        if (!Exists(id))
        {
            throw WharfException.NotFound($"layer {id} does not exist");
        }
    }

    /// <summary>A new directory with the members a driver wants, each open to all who get that far.</summary>
    public static void Make(string path, params ReadOnlySpan<string> members)
    {
        NameCalls.MakeDirectory(FileCalls.CurrentDirectory, path, 0x1C8).ThrowIfError("mkdir", path);
        foreach (string member in members)
        {
            MakeMember(path, member);
        }
    }

    public static void MakeMember(string path, string member)
    {
        string below = Path.Combine(path, member);
        NameCalls.MakeDirectory(FileCalls.CurrentDirectory, below, 0x1ED).ThrowIfError("mkdir", below);
        // whatever the umask of the daemon: users of the container must get in
        NameCalls.ChangeMode(FileCalls.CurrentDirectory, below, 0x1ED).ThrowIfError("chmod", below);
    }

    /// <summary>Gives a directory to the root user of remapped containers.</summary>
    public void GiveToRoot(string path)
    {
        var owners = Settings.Owners;
        if (!owners.IsEmpty)
        {
            uint user = Archive.Layers.IdentityMap.ToHost(owners.Users, 0) ?? 0;
            uint group = Archive.Layers.IdentityMap.ToHost(owners.Groups, 0) ?? 0;
            NameCalls.ChangeOwner(FileCalls.CurrentDirectory, path, user, group, AtFlags.SymlinkNoFollow).ThrowIfError("chown", path);
        }
    }

    public IReadOnlyList<string> List() =>
        [.. Directory.EnumerateDirectories(Root).Select(p => Path.GetFileName(p)).Where(n => ObjectId.IsFull(n))];

    /// <summary>Names that are no layer: drafts a crash has left.</summary>
    public IReadOnlyList<string> Drafts() => [.. Directory.EnumerateDirectories(Root, "*" + DraftSuffix)];

    public void Discard(string path) => _trash.Take(path);

    public void EmptyTrash() => _trash.Empty();

    public void Sync()
    {
        FileCalls.Open(Root, OpenFlags.Directory, out SafeFileHandle handle).ThrowIfError("open", Root);
        using (handle)
        {
            FileCalls.SyncFileSystem(handle).ThrowIfError("syncfs", Root);
        }
    }

    public static SafeFileHandle Open(string path)
    {
        FileCalls.Open(path, OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle handle).ThrowIfError("open", path);
        return handle;
    }

    // Ids become names in the file system: nothing but the form of an id ever does.
    private static string RequireId(string id) =>
        ObjectId.IsFull(id) ? id : throw WharfException.Invalid($"invalid layer id \"{id}\"");
}
