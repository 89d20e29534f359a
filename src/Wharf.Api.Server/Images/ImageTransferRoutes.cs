using Microsoft.AspNetCore.Http;
using Wharf.Api.Images;
using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Api.Versions;
using Wharf.Build.Execution;
using Wharf.Engine.Clients;
using Wharf.Images;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Api.Server.Images;

/// <summary>Images on their way in and out: pull, import, push, load, save, and what registries tell.</summary>
internal sealed class ImageTransferRoutes(IImageService images)
{
    private static readonly ApiVersion PlatformOfPull = new(1, 32);
    private static readonly ApiVersion PlatformOfPush = new(1, 46);

    public IEnumerable<Route> All() =>
    [
        Route.Post("/images/create", CreateAsync),
        Route.Post("/images/load", LoadAsync),
        Route.Post("/images/load/file", LoadFileAsync),
        Route.Get("/images/search", SearchAsync),
        Route.Get("/images/get", SaveManyAsync),
        Route.Get("/images/{name...}/get", SaveAsync),
        Route.Post("/images/{name...}/push", PushAsync),
        Route.Get("/distribution/{name...}/json", DistributionAsync, "1.30"),
    ];

    private Task CreateAsync(ApiCall call) =>
        call.Query("fromImage") is string name ? PullAsync(call, name)
        : call.Query("fromSrc") is string source ? ImportAsync(call, source)
        : throw WharfException.Invalid("one of fromImage and fromSrc must be given");

    private Task PullAsync(ApiCall call, string name)
    {
        ImageReference reference = ReferenceQuery.Of(name, call.Query("tag"));
        var request = new PullRequest
        {
            // Without tag and digest the API means all tags; clients that want latest say so.
            Reference = reference,
            AllTags = reference.IsNameOnly,
            Platform = PlatformQuery.One(call, PlatformOfPull),
            Credentials = RegistryAuth.FromHeader(call),
        };
        return TransferLines.RunAsync(call, progress => images.PullAsync(request, progress, call.Ct));
    }

    private Task ImportAsync(ApiCall call, string source)
    {
        IReadOnlyList<string> changes = call.QueryAll("changes");
        bool upload = source == "-";
        var request = new ImportRequest
        {
            Source = upload ? call.Http.Request.Body : null,
            SourceUrl = upload ? null : source,
            Tag = ReferenceQuery.Optional(call.Query("repo"), call.Query("tag")),
            Message = call.Query("message") ?? string.Empty,
            Config = changes.Count == 0 ? null : ConfigChanges.Apply(new RunConfig(), changes),
            Platform = PlatformQuery.One(call, PlatformOfPull),
        };
        return TransferLines.RunAsync(call, progress => images.ImportAsync(request, progress, call.Ct));
    }

    private Task LoadAsync(ApiCall call) => LoadAsync(call, call.Http.Request.Body);

    /// <summary>No part of Docker's API: the archive is a file that the client has open on this machine.</summary>
    private async Task LoadFileAsync(ApiCall call)
    {
        LocalClient client = LocalClients.Of(call) ?? throw WharfException.Invalid("the proof of a local client is missing");
        await using FileStream archive = LocalFile.Open(client, (int)(call.Number("descriptor") ?? throw WharfException.Invalid("the descriptor is missing")));
        await LoadAsync(call, archive);
    }

    private Task LoadAsync(ApiCall call, Stream archive) => TransferLines.RunAsync(call,
        progress => images.LoadAsync(archive, PlatformQuery.OfArchive(call), call.Flag("quiet", otherwise: true), progress, call.Ct));

    private Task PushAsync(ApiCall call)
    {
        ImageReference reference = ReferenceQuery.Of(call["name"], call.Query("tag"));
        var request = new PushRequest
        {
            Reference = reference,
            AllTags = reference.IsNameOnly && call.Query("image") is null,
            Image = call.Query("image") is { Length: > 0 } image ? images.Resolve(image) : default,
            ByDigest = call.Flag("bydigest"),
            Packing = Packing(call),
            Platform = PlatformQuery.One(call, PlatformOfPush),
            Credentials = RegistryAuth.FromHeader(call),
        };
        return TransferLines.RunAsync(call, progress => images.PushAsync(request, progress, call.Ct));
    }

    private Task SaveAsync(ApiCall call) => SaveAsync(call, [call["name"]]);

    private Task SaveManyAsync(ApiCall call) => SaveAsync(call, call.QueryAll("names"));

    private Task SaveAsync(ApiCall call, IReadOnlyList<string> names)
    {
        var request = new SaveRequest { Names = names, Platforms = PlatformQuery.OfArchive(call), Packing = Packing(call) };
        call.Http.Response.ContentType = "application/x-tar";
        return images.SaveAsync(request, call.Http.Response.Body, call.Ct);
    }

    /// <summary>No part of Docker's API: the form of the layers, for the outputs of builds.</summary>
    private static LayerPacking Packing(ApiCall call) =>
        LayerPacking.Parse(call.Query("compression"), call.Query("compressionlevel"), call.Flag("forcecompression"), call.Flag("ocitypes"));

    private async Task SearchAsync(ApiCall call)
    {
        string term = call.Query("term") ?? throw WharfException.Invalid("term is required");
        IReadOnlyList<SearchResult> found = await images.SearchAsync(term, (int)Math.Clamp(call.Number("limit") ?? 25, 0, 100),
            FilterFields.Of(FilterSet.Parse(call.Query("filters"))), RegistryAuth.FromHeader(call), call.Ct);
        await call.WriteAsync([.. found.Select(ImageViews.Search)], ApiJson.Context.ListImageSearchResult);
    }

    private async Task DistributionAsync(ApiCall call)
    {
        ImageReference reference = ImageReference.Parse(call["name"]).WithDefaultTag();
        DistributionInfo info = await images.InspectDistributionAsync(reference, RegistryAuth.FromHeader(call), call.Ct);
        var response = new DistributionInspect
        {
            Descriptor = ImageViews.Descriptor(info.Descriptor),
            Platforms = [.. info.Platforms.Select(ImageViews.Platform)],
        };
        await call.WriteAsync(response, ApiJson.Context.DistributionInspect);
    }
}
