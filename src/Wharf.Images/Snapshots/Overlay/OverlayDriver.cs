using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots.Overlay;

/// <summary>
/// Layers as directories stacked by overlayfs: DATAROOT/overlay2/ID with <c>diff</c> (the layer's own files), <c>work</c> (containers
/// only), <c>lower</c> (ids below, topmost first, separated by colons) and <c>link</c> (a short name; DATAROOT/overlay2/l/SHORT leads
/// to the diff, so that long chains fit where the kernel bounds the option string).
/// </summary>
internal sealed class OverlayDriver : ISnapshotDriver
{
    public const string DriverName = "overlay2";

    /// <summary>Docker's bound, which also holds for kernels that take all directories in one page.</summary>
    private const int MostLayers = 127;

    private const string Diff = "diff";
    private const string Work = "work";
    private const string Lower = "lower";
    private const uint LowerMode = 0b110_100_100;
    private const string InitId = "init";
    private const string Scratch = ".mnt";

    private readonly DriverDirectory _directory;
    private readonly ShortLinks _links;
    private readonly ConcurrentDictionary<string, string[]> _chains = new(StringComparer.Ordinal);
    private readonly string _fileSystem;
    private readonly ProjectQuotas? _quotas;

    /// <exception cref="WharfException">InvalidArgument: overlayfs cannot work here, and why.</exception>
    public OverlayDriver(SnapshotSettings settings)
    {
        _directory = new DriverDirectory(DriverName, settings);
        _links = new ShortLinks(_directory.Root);
        _fileSystem = BackingFileSystem.NameOf(_directory.Root);
        Directory.CreateDirectory(Path.Combine(_directory.Root, Scratch), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        OverlayProbe.Require(_directory.Root);
        _quotas = ProjectQuotas.TryOpen(_directory.Root, _directory.TrashPath);
        MakeInit(InitId, null);
    }

    public string Name => DriverName;

    public WhiteoutStyle Whiteouts => WhiteoutStyle.Overlay;

    public bool IndependentLayers => true;

    public bool HasQuotas => _quotas is not null;

    public IReadOnlyList<KeyValuePair<string, string>> Status =>
    [
        new("Backing Filesystem", _fileSystem),
        new("Supports d_type", "true"),
        new("Using metacopy", "false"),
        new("Native Overlay Diff", "true"),
        new("userxattr", "false"),
    ];

    public bool Exists(string id) => _directory.Exists(id);

    public ILayerDraft BeginLayer(string id, string? parentId)
    {
        string draft = _directory.DraftOf(id);
        _directory.Discard(draft);
        DriverDirectory.Make(draft, Diff);
        _directory.GiveToRoot(Path.Combine(draft, Diff));
        return new DirectoryDraft(id, parentId, Path.Combine(draft, Diff), (final, parent) => CommitDraft(draft, final, parent), () => _directory.Discard(draft));
    }

    public long BoundOf(ContainerLayerOptions options) => StorageOptions.SizeOf(options.StorageOptions, this) ?? _directory.Settings.ContainerSize;

    public void CreateContainer(string id, string? topLayerId, ContainerLayerOptions options)
    {
        long bound = BoundOf(options);
        string[] chain = ChainAbove(topLayerId);
        string path = _directory.Of(id);
        DriverDirectory.Make(path);
        try
        {
            Bound(path, bound);

            DriverDirectory.MakeMember(path, Diff);
            DriverDirectory.MakeMember(path, Work);
            _directory.GiveToRoot(Path.Combine(path, Diff));
            _directory.GiveToRoot(Path.Combine(path, Work));
            WriteLower(path, options.InitLayer ? [InitOf(chain), .. chain] : chain);
        }
        catch
        {
            _directory.Discard(path);
            throw;
        }
    }

    public SnapshotMount GetMount(string id)
    {
        string path = _directory.Of(id);
        string[] chain = ChainOf(id);
        if (chain.Length == 0)
        {
            return new SnapshotMount { Type = "bind", Upper = Path.Combine(path, Diff) };
        }

        return new SnapshotMount { Type = "overlay", Lower = _links.Fit(chain), Upper = Path.Combine(path, Diff), Work = Path.Combine(path, Work) };
    }

    public SnapshotRoot Open(string id, bool writable)
    {
        string path = _directory.Of(id);
        string[] chain = ChainOf(id);
        string diff = Path.Combine(path, Diff), work = Path.Combine(path, Work), scratch = Path.Combine(_directory.Root, Scratch);
        if (!writable)
        {
            // The writable layer as the topmost lower one: harmless beside the mount of a container that runs.
            return new SnapshotRoot(OverlayMount.Open([diff, .. _links.Fit(chain)], null, null, scratch));
        }

        if (!Directory.Exists(work) && chain.Length > 0)
        {
            throw WharfException.Conflict($"layer {id} is read-only");
        }

        return new SnapshotRoot(chain.Length == 0 ? DriverDirectory.Open(diff) : OverlayMount.Open(_links.Fit(chain), diff, work, scratch));
    }

    public IReadOnlyList<FileChange> Changes(string id)
    {
        string[] chain = ChainOf(id);
        using SafeFileHandle upper = DriverDirectory.Open(Path.Combine(_directory.Of(id), Diff));
        if (chain.Length == 0)
        {
            return TreeChanges.OfOverlay(null, upper, CancellationToken.None);
        }

        using SafeFileHandle lower = OverlayMount.Open(_links.Fit(chain), null, null, Path.Combine(_directory.Root, Scratch));
        return TreeChanges.OfOverlay(lower, upper, CancellationToken.None);
    }

    public async Task<LayerApplyResult> WriteDiffAsync(string id, Stream output, CancellationToken ct)
    {
        _directory.RequireExists(id);
        using SafeFileHandle upper = DriverDirectory.Open(Path.Combine(_directory.Of(id), Diff));
        return await TreeArchive.WriteOverlayDiffAsync(upper, output, _directory.Settings.Owners, ct);
    }

    public SafeFileHandle? OpenRecipe(string id) => _directory.OpenRecipe(id);

    public SafeFileHandle OpenFiles(string id)
    {
        _directory.RequireExists(id);
        return DriverDirectory.Open(Path.Combine(_directory.Of(id), Diff));
    }

    public bool MendContainer(string id, string? topLayerId, long bound)
    {
        string path = _directory.Of(id);
        string[] chain = ChainAbove(topLayerId);
        string lower = Path.Combine(path, Lower);
        string wanted = string.Join(':', (string[])[InitOf(chain), .. chain]);
        string? found = File.Exists(lower) ? File.ReadAllText(lower) : null;
        bool whole = Directory.Exists(Path.Combine(path, Diff)) && Directory.Exists(Path.Combine(path, Work));
        if (whole && (found == wanted || found == string.Join(':', chain)))
        {
            return false;
        }

        if (!Directory.Exists(path))
        {
            DriverDirectory.Make(path);
        }

        if (!Directory.Exists(Path.Combine(path, Diff)) && !Directory.Exists(Path.Combine(path, Work)))
        {
            Bound(path, bound);
        }

        foreach (string member in (string[])[Diff, Work])
        {
            if (!Directory.Exists(Path.Combine(path, member)))
            {
                DriverDirectory.MakeMember(path, member);
                _directory.GiveToRoot(Path.Combine(path, member));
            }
        }

        WriteLower(path, [InitOf(chain), .. chain]);
        _chains.TryRemove(id, out _);
        return true;
    }

    public void Promote(string containerId, string layerId)
    {
        string[] chain = [.. ChainOf(containerId).Where(i => i != InitId && !i.StartsWith(InitId + "-", StringComparison.Ordinal))];
        string path = _directory.Of(containerId), layer = _directory.Of(layerId);
        _quotas?.Release(path);
        WriteLower(path, chain);
        _links.Create(path, layerId);
        _directory.Discard(Path.Combine(path, Work));
        Rename(path, layer);
        _chains.TryRemove(containerId, out _);
    }

    public long Measure(string id)
    {
        _directory.RequireExists(id);
        return TreeSize.Of(Path.Combine(_directory.Of(id), Diff));
    }

    public void Remove(string id)
    {
        string path = _directory.Of(id);
        _quotas?.Release(path);
        _links.Remove(path);
        _directory.Discard(path);
        _chains.TryRemove(id, out _);
    }

    public void Sync() => _directory.Sync();

    public IReadOnlyList<string> List() => _directory.List();

    public void Recover(Func<string, bool> isOwned)
    {
        foreach (string draft in _directory.Drafts())
        {
            _directory.Discard(draft);
        }

        foreach (string id in _directory.List())
        {
            if (!isOwned(id))
            {
                Remove(id);
            }
        }

        _links.Mend();
        _directory.EmptyTrash();
    }

    // A file system without quotas now may have had them when the container was created: a copied data root.
    private void Bound(string path, long bytes)
    {
        if (bytes > 0)
        {
            _quotas?.Bound(path, bytes);
        }
    }

    private void CommitDraft(string draft, string id, string? parentId)
    {
        WriteLower(draft, ChainAbove(parentId));
        _links.Create(draft, id);
        Rename(draft, _directory.Of(id));
    }

    private static void Rename(string from, string to) =>
        NameCalls.Rename(FileCalls.CurrentDirectory, from, FileCalls.CurrentDirectory, to, RenameFlags.NoReplace).ThrowIfError("rename", to);

    private string[] ChainAbove(string? parentId)
    {
        if (parentId is null)
        {
            return [];
        }

        string[] chain = [parentId, .. ChainOf(parentId)];
        return chain.Length <= MostLayers ? chain : throw WharfException.Invalid("max depth exceeded");
    }

    private string[] ChainOf(string id)
    {
        if (_chains.TryGetValue(id, out string[]? known))
        {
            return known;
        }

        string file = Path.Combine(_directory.Of(id), Lower);
        try
        {
            string[] chain = File.ReadAllText(file).Split(':', StringSplitOptions.RemoveEmptyEntries);
            return _chains.GetOrAdd(id, chain);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw WharfException.NotFound($"layer {id} does not exist");
        }
    }

    private static void WriteLower(string path, string[] chain) =>
        RewrittenFile.Write(Path.Combine(path, Lower), Encoding.UTF8.GetBytes(string.Join(':', chain)), LowerMode);

    /// <summary>
    /// The layer of mount points to lay over an image. Its <c>/etc</c> hides owner and mode of the image's, so images where these are not the usual ones have
    /// one of their own.
    /// </summary>
    private string InitOf(string[] chain)
    {
        foreach (string layer in chain)
        {
            if (NameCalls.Status(FileCalls.CurrentDirectory, Path.Combine(_directory.Of(layer), Diff, "etc"), AtFlags.SymlinkNoFollow, out FileStatus etc) == Errno.None)
            {
                return etc.IsDirectory ? InitWith(etc) : InitId;
            }
        }

        return InitId;
    }

    private string InitWith(FileStatus etc)
    {
        IdentityMap owners = _directory.Settings.Owners;
        uint user = owners.IsEmpty ? 0 : IdentityMap.ToHost(owners.Users, 0) ?? 0, group = owners.IsEmpty ? 0 : IdentityMap.ToHost(owners.Groups, 0) ?? 0;
        const uint usual = 0x1ED;
        if (etc.UserId == user && etc.GroupId == group && etc.Permissions == usual)
        {
            return InitId;
        }

        string id = $"{InitId}-{etc.UserId}-{etc.GroupId}-{etc.Permissions:x}";
        lock (_links)
        {
            MakeInit(id, etc);
        }

        return id;
    }

    private void MakeInit(string id, FileStatus? etc)
    {
        string path = Path.Combine(_directory.Root, id);
        if (Directory.Exists(path))
        {
            return;
        }

        string draft = path + DriverDirectory.DraftSuffix;
        _directory.Discard(draft);
        DriverDirectory.Make(draft, Diff);
        _directory.GiveToRoot(Path.Combine(draft, Diff));
        using (SafeFileHandle root = DriverDirectory.Open(Path.Combine(draft, Diff)))
        {
            InitLayer.Fill(root, _directory.Settings.Owners, marked: false);
            if (etc is { } like)
            {
                NameCalls.ChangeOwner(root, "etc", like.UserId, like.GroupId, AtFlags.SymlinkNoFollow).ThrowIfError("chown", "/etc");
                NameCalls.ChangeMode(root, "etc", like.Permissions).ThrowIfError("chmod", "/etc");
            }
        }

        _links.Create(draft, id);
        Rename(draft, path);
    }
}
