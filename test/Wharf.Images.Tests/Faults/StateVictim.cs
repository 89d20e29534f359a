using Wharf.Images.Index;
using Wharf.State;

namespace Wharf.Images.Tests.Faults;

/// <summary>An image service on a data root that belongs to somebody else.</summary>
internal sealed class StateVictim(StateDatabase database, ImageService service) : IAsyncDisposable
{
    public ImageService Service => service;

    public static async Task<StateVictim> OpenAsync(string root)
    {
        StateDatabase database = StateDatabase.Open(Path.Combine(root, "state.db"), [ImagesSchema.Part]);
        return new StateVictim(database, await ImageService.OpenAsync(new ImageServiceOptions { DataRoot = root }, database, TimeProvider.System, _ => { }, CancellationToken.None));
    }

    public ValueTask DisposeAsync()
    {
        service.Dispose();
        return database.DisposeAsync();
    }
}
