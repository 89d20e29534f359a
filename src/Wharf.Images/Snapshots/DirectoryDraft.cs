using Microsoft.Win32.SafeHandles;

namespace Wharf.Images.Snapshots;

/// <summary>A draft that is a plain directory.</summary>
internal sealed class DirectoryDraft(string id, string? parentId, string path, Action<string, string?> commit, Action discard) : ILayerDraft
{
    private bool _committed;
    private bool _disposed;

    public string Id => id;

    public string Path => path;

    public SafeFileHandle Root { get; } = DriverDirectory.Open(path);

    public string RecipePath => DriverDirectory.RecipeOf(System.IO.Path.GetDirectoryName(path)!);

    public void Commit() => CommitAs(id, parentId);

    public void CommitAs(string id, string? parentId)
    {
        commit(id, parentId);
        _committed = true;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Root.Dispose();
        if (!_committed)
        {
            discard();
        }
    }
}
