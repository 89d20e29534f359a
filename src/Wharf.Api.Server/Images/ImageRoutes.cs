using Microsoft.AspNetCore.Http;
using Wharf.Api.Images;
using Wharf.Api.Json;
using Wharf.Api.Prune;
using Wharf.Api.Server.Routing;
using Wharf.Api.Versions;
using Wharf.Images;
using Wharf.Images.Catalog;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Api.Server.Images;

/// <summary>The images that are here: list, inspect, history, tag, remove, prune.</summary>
internal sealed class ImageRoutes(IImageService images)
{
    private static readonly ApiVersion FilterParameterGone = new(1, 41);
    private static readonly ApiVersion SharedSizes = new(1, 42);
    private static readonly ApiVersion ListedManifests = new(1, 47);
    private static readonly ApiVersion Manifests = new(1, 48);
    private static readonly ApiVersion PlatformOfInspect = new(1, 49);
    private static readonly ApiVersion PlatformsOfRemoval = new(1, 50);
    private static readonly ApiVersion ContainerCounts = new(1, 51);

    public IEnumerable<Route> All() =>
    [
        Route.Get("/images/json", ListAsync),
        Route.Post("/images/prune", PruneAsync, "1.25"),
        Route.Get("/images/{name...}/json", InspectAsync),
        Route.Get("/images/{name...}/history", HistoryAsync),
        Route.Get("/images/{name...}/attestations", AttestationsAsync, "1.55"),
        Route.Post("/images/{name...}/tag", TagAsync),
        Route.Delete("/images/{name...}", RemoveAsync),
    ];

    private Task ListAsync(ApiCall call)
    {
        var query = new ImageListQuery
        {
            All = call.Flag("all"),
            Filters = FilterFields.Of(ListFilters(call)),
            SharedSize = call.Version >= SharedSizes && call.Flag("shared-size"),
            Manifests = call.Version >= ListedManifests && call.Flag("manifests"),
            CountContainers = call.Version >= ContainerCounts,
            Origins = call.Version >= ImageViews.ListedIdentitySince && call.Flag("identity"),
        };
        if (query is { Origins: true, Manifests: false })
        {
            throw WharfException.Invalid("identity requires manifests");
        }

        List<ImageSummary> list = [.. images.List(query).Select(entry => ImageViews.Summary(entry, call.Version))];
        return call.WriteAsync(list, ApiJson.Context.ListImageSummary);
    }

    // Until 1.40 the pattern of names stood in a parameter of its own.
    private static FilterSet ListFilters(ApiCall call)
    {
        FilterSet filters = FilterSet.Parse(call.Query("filters"));
        return call.Version < FilterParameterGone && call.Query("filter") is { } pattern ? filters.With("reference", pattern) : filters;
    }

    private Task InspectAsync(ApiCall call)
    {
        Platform? platform = PlatformQuery.One(call, PlatformOfInspect);
        bool manifests = call.Version >= Manifests && call.Flag("manifests");
        if (manifests && platform is not null)
        {
            throw WharfException.Invalid("conflicting options: manifests and platform options cannot both be set");
        }

        ImageDetails image = images.Inspect(call["name"], platform);
        return call.WriteAsync(ImageViews.Inspect(image, manifests, call.Version), ApiJson.Context.ImageInspect);
    }

    private Task HistoryAsync(ApiCall call)
    {
        List<ImageHistoryResponseItem> history =
            [.. images.History(call["name"], PlatformQuery.One(call, Manifests)).Select(ImageViews.History)];
        return call.WriteAsync(history, ApiJson.Context.ListImageHistoryResponseItem);
    }

    private Task AttestationsAsync(ApiCall call)
    {
        IReadOnlyList<Platform> platforms = PlatformQuery.Many(call, Manifests);
        if (platforms.Count > 1)
        {
            throw WharfException.Invalid("only one platform can be specified");
        }

        bool withStatement = call.Flag("statement");
        List<AttestationStatement> statements = [.. images.Attestations(call["name"], platforms.FirstOrDefault(), call.QueryAll("type"))
            .Select(attestation => ImageViews.Attestation(attestation, withStatement))];
        return call.WriteAsync(statements, ApiJson.Context.ListAttestationStatement);
    }

    private async Task TagAsync(ApiCall call)
    {
        ImageReference target = ReferenceQuery.Of(call.Query("repo"), call.Query("tag"));
        await images.TagAsync(call["name"], target.WithDefaultTag(), call.Ct);
        await call.StatusAsync(StatusCodes.Status201Created);
    }

    private async Task RemoveAsync(ApiCall call)
    {
        IReadOnlyList<Platform> platforms = PlatformQuery.Many(call, PlatformsOfRemoval, "platforms");
        IReadOnlyList<ImageDeletion> deleted = platforms.Count > 0
            ? await images.DeletePlatformsAsync(call["name"], platforms, call.Flag("force"), call.Ct)
            : await images.DeleteAsync(call["name"], call.Flag("force"), !call.Flag("noprune"), call.Ct);
        await call.WriteAsync(ImageViews.Deletions(deleted), ApiJson.Context.ListImageDeleteResponseItem);
    }

    private async Task PruneAsync(ApiCall call)
    {
        ImagePruneReport report = await images.PruneAsync(FilterFields.Of(FilterSet.Parse(call.Query("filters"))), call.Ct);
        var response = new ImagePruneResponse
        {
            ImagesDeleted = report.Deleted.Count == 0 ? null : ImageViews.Deletions(report.Deleted),
            SpaceReclaimed = report.SpaceReclaimed,
        };
        await call.WriteAsync(response, ApiJson.Context.ImagePruneResponse);
    }
}
