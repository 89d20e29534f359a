using Wharf.Images.Archives;
using Wharf.Images.Catalog;
using Wharf.Images.HelloWorld;
using Wharf.Images.Pulling;
using Wharf.Images.Pushing;
using Wharf.Images.Registries;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Transfers;

/// <summary>Hands each kind of transfer to whoever does it: see <see cref="IImageTransfers"/>.</summary>
internal sealed class ImageTransfers(ImagePuller puller, ImagePusher pusher, ImageLoader loader, ImageSaver saver, ImageImporter importer,
    EmbeddedHelloWorld helloWorld, RegistryQueries queries) : IImageTransfers
{
    public async Task PullAsync(PullRequest request, IProgress<TransferEvent> progress, CancellationToken ct)
    {
        if (request.Reference.FamiliarName == "scratch")
        {
            throw WharfException.Invalid("'scratch' is a reserved name");
        }

        try
        {
            await puller.PullAsync(request, progress, ct).ConfigureAwait(false);
        }
        catch (WharfException e) when (EmbeddedHelloWorld.StandsInFor(request, e))
        {
            Digest id = await helloWorld.InstallAsync(request.Platform ?? Platform.Host, ct).ConfigureAwait(false);
            progress.Report(TransferEvent.Message($"hello-world could not be pulled ({e.Message}): using the one inside the engine"));
            progress.Report(TransferEvent.Message($"Digest: {id}"));
            progress.Report(TransferEvent.Message("Status: Downloaded newer image for hello-world:latest"));
        }
    }

    public Task PushAsync(PushRequest request, IProgress<TransferEvent> progress, CancellationToken ct) => pusher.PushAsync(request, progress, ct);

    public Task<IReadOnlyList<Digest>> LoadAsync(Stream archive, IReadOnlyList<Platform> platforms, bool quiet, IProgress<TransferEvent> progress, CancellationToken ct) =>
        loader.LoadAsync(archive, platforms, quiet, progress, ct);

    public Task SaveAsync(SaveRequest request, Stream output, CancellationToken ct) => saver.SaveAsync(request, output, ct);

    public Task<Digest> ImportAsync(ImportRequest request, IProgress<TransferEvent> progress, CancellationToken ct) => importer.ImportAsync(request, progress, ct);

    public Task<DistributionInfo> InspectDistributionAsync(ImageReference reference, RegistryCredentials? credentials, CancellationToken ct) =>
        queries.InspectAsync(reference, credentials, ct);

    public Task<LoginResult> LoginAsync(RegistryCredentials credentials, CancellationToken ct) => queries.LoginAsync(credentials, ct);

    public Task<IReadOnlyList<SearchResult>> SearchAsync(string term, int limit, IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        RegistryCredentials? credentials, CancellationToken ct) => queries.SearchAsync(term, limit, filters, credentials, ct);
}
