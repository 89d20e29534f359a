using Wharf.Images;
using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Images.Transfers;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Bench.Images;

/// <summary>Our image service on a data root of its own.</summary>
internal sealed class OurImages(StateDatabase database, ImageService service) : IAsyncDisposable, IProgress<TransferEvent>
{
    public static async Task<OurImages> OpenAsync(string root)
    {
        Directory.CreateDirectory(root);
        StateDatabase database = StateDatabase.Open(Path.Combine(root, "state.db"), [ImagesSchema.Part]);
        return new OurImages(database, await ImageService.OpenAsync(new ImageServiceOptions { DataRoot = root }, database, TimeProvider.System, Console.Error.WriteLine, CancellationToken.None));
    }

    public async Task LoadAsync(string archive)
    {
        await using FileStream file = File.OpenRead(archive);
        await service.LoadAsync(file, [], quiet: true, this, CancellationToken.None);
    }

    public async Task SaveAsync(string name, string path)
    {
        await using FileStream file = File.Create(path);
        await service.SaveAsync([name], [], file, CancellationToken.None);
    }

    public void List() => _ = service.List(new ImageListQuery()).Count;

    public void Measure() => _ = service.DiskUsage();

    public Task TagAsync(string name, string tag) => service.TagAsync(name, ImageReference.Parse(tag), CancellationToken.None);

    public Task PushAsync(string name) => service.PushAsync(new PushRequest { Reference = ImageReference.Parse(name) }, this, CancellationToken.None);

    public Task PullAsync(string name) => service.PullAsync(new PullRequest { Reference = ImageReference.Parse(name) }, this, CancellationToken.None);

    public Task RemoveAllAsync() => service.PruneAsync(new Dictionary<string, IReadOnlyList<string>> { ["dangling"] = ["false"] }, CancellationToken.None);

    public void Report(TransferEvent value)
    {
        // Progress is reported as to a client that reads it; what it says is of no interest here.
    }

    public ValueTask DisposeAsync()
    {
        service.Dispose();
        return database.DisposeAsync();
    }
}
