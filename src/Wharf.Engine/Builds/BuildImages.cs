using Wharf.Build.Execution;
using Wharf.Images;
using Wharf.Images.Catalog;
using Wharf.Images.Manifests;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Images as one build sees them; it pulls with the credentials that came with the build.</summary>
/// <param name="images">The engine's.</param>
/// <param name="credentials">By registry.</param>
/// <param name="latest">Files of new layers get no later time; null to leave their times.</param>
/// <param name="hold">Told of every image that the build stands on.</param>
internal sealed class BuildImages(IImageService images, Func<string, RegistryCredentials?> credentials, DateTimeOffset? latest, Action<Digest> hold) : IBuildImages
{
    public async Task<BuildImage> ResolveAsync(string name, string? platform, bool pull, IBuildOutput output, CancellationToken ct)
    {
        Platform? wanted = string.IsNullOrEmpty(platform) ? null : Platform.Parse(platform);
        if (!pull && images.TryResolve(name, out _))
        {
            Digest id = images.ResolveTrusted(name, wanted);
            return new BuildImage(Held(id), images.Config(id));
        }

        var reference = ImageReference.Parse(name).WithDefaultTag();
        await images.PullAsync(new PullRequest { Reference = reference, Platform = wanted, Credentials = credentials(reference.Domain) },
            new Reporter(output), ct);
        Digest pulled = images.ResolveTrusted(name, wanted);
        return new BuildImage(Held(pulled), images.Config(pulled));
    }

    public bool TryGet(Digest id, out BuildImage image)
    {
        bool here = images.TryResolve(id.ToString(), out Digest found);
        Held(found);
        image = here ? new BuildImage(found, images.Config(found)) : new BuildImage(default, new ImageConfig());
        return here;
    }

    public async Task<Digest> CreateAsync(Digest parent, ImageConfig config, HistoryEntry history, CancellationToken ct) =>
        Held(await images.CreateAsync(new ImageCreation { Parent = parent, Config = config, History = [history], IsProvisional = true }, ct));

    public BuildImage? Find(string name) => images.TryResolve(name, out Digest found) ? new BuildImage(found, images.Config(found)) : null;

    public async Task<Digest> AdoptAsync(Digest parent, ImageConfig config, HistoryEntry history, Digest layer, CancellationToken ct) =>
        Held(await images.CreateAsync(new ImageCreation { Parent = parent, Config = config, History = [history], KnownLayers = [layer], IsProvisional = true }, ct));

    public async Task<Digest> SquashAsync(Digest image, Digest baseImage, DateTimeOffset? epoch, CancellationToken ct) => Held(await images.SquashAsync(image, baseImage, epoch, ct));

    public Digest ManifestOf(Digest image) => images.Inspect(image.ToString()).Target?.Digest ?? image;

    public Task DescribeAsync(Digest image, BuildDescription description, CancellationToken ct) => images.DescribeAsync(image, new ImageForm
    {
        Annotations = description.Annotations,
        EntryAnnotations = description.EntryAnnotations,
        IndexAnnotations = description.IndexAnnotations,
        Predicates = [.. description.Predicates.Select(p => new ImagePredicate(p.Type, p.Json))],
        Names = [.. description.Names.Select(n => n.WithDefaultTag())],
    }, ct);

    public async Task<Digest> CommitAsync(string workspaceId, ImageConfig config, HistoryEntry history, bool keep, CancellationToken ct)
    {
        if (latest is { } limit)
        {
            await FileTimes.LimitAsync(images, workspaceId, limit, ct);
        }

        return Held(await images.CommitAsync(new ContainerCommit
        {
            ContainerId = workspaceId,
            Config = config,
            CreatedBy = history.CreatedBy ?? "",
            Comment = history.Comment ?? "",
            Author = history.Author ?? "",
            Consume = !keep,
            IsProvisional = true,
        }, ct));
    }

    public Task TagAsync(Digest image, ImageReference tag, CancellationToken ct) => images.TagAsync(image.ToString(), tag.WithDefaultTag(), ct);

    private Digest Held(Digest image)
    {
        hold(image);
        return image;
    }

    private sealed class Reporter(IBuildOutput output) : IProgress<TransferEvent>
    {
        public void Report(TransferEvent value) => output.PullProgress(value);
    }
}
