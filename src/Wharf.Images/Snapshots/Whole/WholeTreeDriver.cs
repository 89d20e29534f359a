using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots.Whole;

/// <summary>
/// Every layer a whole tree of its own, made as a copy of the one below: DATAROOT/NAME/ID with <c>root</c> and <c>parent</c> (an id, or
/// nothing). How trees are copied is the maker's.
/// </summary>
internal sealed class WholeTreeDriver(ITreeMaker maker, SnapshotSettings settings) : ISnapshotDriver
{
    public const string Tree = "root";

    private const string Parent = "parent";

    private readonly DriverDirectory _directory = new(maker.Name, settings);

    public string Name => maker.Name;

    public WhiteoutStyle Whiteouts => WhiteoutStyle.Delete;

    public bool IndependentLayers => false;

    public IReadOnlyList<KeyValuePair<string, string>> Status => [new("Backing Filesystem", BackingFileSystem.NameOf(_directory.Root))];

    public bool Exists(string id) => _directory.Exists(id);

    public ILayerDraft BeginLayer(string id, string? parentId)
    {
        string draft = MakeCopy(id, parentId);
        return new DirectoryDraft(id, parentId, Path.Combine(draft, Tree), (final, parent) =>
        {
            if (parent != parentId)
            {
                throw WharfException.Internal($"a tree begun on {parentId} cannot stand on {parent}");
            }

            Show(draft, final);
        }, () => _directory.Discard(draft));
    }

    public long BoundOf(ContainerLayerOptions options) => StorageOptions.SizeOf(options.StorageOptions, this) ?? 0;

    public void CreateContainer(string id, string? topLayerId, ContainerLayerOptions options)
    {
        BoundOf(options);
        string draft = MakeCopy(id, topLayerId);
        try
        {
            if (options.InitLayer)
            {
                using SafeFileHandle root = DriverDirectory.Open(Path.Combine(draft, Tree));
                InitLayer.Fill(root, settings.Owners, marked: true);
            }

            Show(draft, id);
        }
        catch
        {
            _directory.Discard(draft);
            throw;
        }
    }

    public SnapshotMount GetMount(string id)
    {
        _directory.RequireExists(id);
        return new SnapshotMount { Type = "bind", Upper = TreeOf(id) };
    }

    public SnapshotRoot Open(string id, bool writable)
    {
        _directory.RequireExists(id);
        return new SnapshotRoot(writable ? DriverDirectory.Open(TreeOf(id)) : OverlayMount.OpenReadOnly(TreeOf(id)));
    }

    public IReadOnlyList<FileChange> Changes(string id)
    {
        using SafeFileHandle? lower = OpenParent(id);
        using SafeFileHandle upper = DriverDirectory.Open(TreeOf(id));
        return TreeChanges.OfTrees(lower, upper, InitLayer.IsUntouched, CancellationToken.None);
    }

    public async Task<LayerApplyResult> WriteDiffAsync(string id, Stream output, CancellationToken ct)
    {
        using SafeFileHandle? lower = OpenParent(id);
        using SafeFileHandle upper = DriverDirectory.Open(TreeOf(id));
        return await TreeArchive.WriteTreeDiffAsync(lower, upper, output, InitLayer.IsUntouched, settings.Owners, ct);
    }

    public SafeFileHandle? OpenRecipe(string id) => _directory.OpenRecipe(id);

    public SafeFileHandle OpenFiles(string id)
    {
        _directory.RequireExists(id);
        return DriverDirectory.Open(TreeOf(id));
    }

    public bool MendContainer(string id, string? topLayerId, long bound)
    {
        if (_directory.Exists(id))
        {
            return false; // it was shown by a rename, which comes after its content
        }

        CreateContainer(id, topLayerId, new ContainerLayerOptions());
        return true;
    }

    public void Promote(string containerId, string layerId)
    {
        _directory.RequireExists(containerId);
        Show(_directory.Of(containerId), layerId);
    }

    public long Measure(string id)
    {
        _directory.RequireExists(id);
        return TreeSize.Of(TreeOf(id));
    }

    public void Remove(string id) => _directory.Discard(_directory.Of(id));

    public void Sync() => _directory.Sync();

    public IReadOnlyList<string> List() => _directory.List();

    public void Recover(Func<string, bool> isOwned)
    {
        foreach (string draft in _directory.Drafts())
        {
            _directory.Discard(draft);
        }

        foreach (string id in _directory.List().Where(id => !isOwned(id)))
        {
            Remove(id);
        }

        _directory.EmptyTrash();
    }

    private string MakeCopy(string id, string? parentId)
    {
        string draft = _directory.DraftOf(id);
        if (parentId is not null)
        {
            _directory.RequireExists(parentId);
        }

        _directory.Discard(draft);
        DriverDirectory.Make(draft);
        try
        {
            File.WriteAllText(Path.Combine(draft, Parent), parentId);
            string tree = Path.Combine(draft, Tree);
            if (parentId is not null)
            {
                maker.MakeCopy(TreeOf(parentId), tree);
            }
            else
            {
                maker.MakeEmpty(tree);
                _directory.GiveToRoot(tree);
            }

            return draft;
        }
        catch
        {
            _directory.Discard(draft);
            throw;
        }
    }

    private void Show(string draft, string id) =>
        NameCalls.Rename(FileCalls.CurrentDirectory, draft, FileCalls.CurrentDirectory, _directory.Of(id), RenameFlags.NoReplace).ThrowIfError("rename", id);

    private SafeFileHandle? OpenParent(string id)
    {
        _directory.RequireExists(id);
        string parent = File.ReadAllText(Path.Combine(_directory.Of(id), Parent)).Trim();
        return parent.Length == 0 ? null : DriverDirectory.Open(TreeOf(parent));
    }

    private string TreeOf(string id) => Path.Combine(_directory.Of(id), Tree);
}
