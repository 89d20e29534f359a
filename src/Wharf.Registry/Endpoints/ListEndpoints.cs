using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.Registry.Access;
using Wharf.Registry.Http;
using Wharf.Registry.Manifests;
using Wharf.Registry.Storage;

namespace Wharf.Registry.Endpoints;

/// <summary>Lists: tags (end-8), referrers (end-12) and the catalog of repositories.</summary>
internal sealed class ListEndpoints(RegistryServices services)
{
    private const int MostReferrerBytes = 3 * 1024 * 1024;

    public async Task TagsAsync(RegistryCall call)
    {
        IEnumerable<string>? tags = services.Upstream is null ? null : await services.Upstream.TagsAsync(call.Repository, call.Ct);
        tags ??= services.Store.Find(call.Repository)?.State.Tags.Keys ?? throw RegistryFault.NameUnknown(call.Repository);
        List<string> page = call.Page(tags, services.Limits.MaxTags, refuseMore: false);
        await JsonAsync(call, new JsonObject { ["name"] = call.Repository, ["tags"] = new JsonArray([.. page.Select(t => (JsonNode)t)]) });
    }

    public Task CatalogAsync(RegistryCall call)
    {
        // A list of what one may not read is nobody's business either.
        IEnumerable<string> names = call.Caller.MayList ? services.Store.Names : services.Store.Names.Where(n => call.Caller.May(n, Actions.Pull));
        names = names.Where(n => services.Store.Find(n)?.State.Manifests.Count > 0);
        List<string> page = call.Page(names, services.Limits.MaxCatalog, refuseMore: true);
        return JsonAsync(call, new JsonObject { ["repositories"] = new JsonArray([.. page.Select(n => (JsonNode)n)]) });
    }

    public async Task ReferrersAsync(RegistryCall call)
    {
        Digest subject = RegistryCall.DigestOf(call.Target.Reference);
        if (services.Upstream is not null && await services.Upstream.ReferrersAsync(call.Repository, subject, call.Request.QueryString.Value ?? "", call.Ct) is { } answer)
        {
            await call.BytesAsync(StatusCodes.Status200OK, MediaTypes.OciIndex, answer);
            return;
        }

        string? wanted = call.Query("artifactType") is { Length: > 0 } type ? type : null;
        string last = call.Query("last") ?? "";
        var found = new List<Descriptor>();
        int bytes = 0;
        bool more = false;
        if (services.Store.Find(call.Repository) is { } repository)
        {
            foreach (Descriptor referrer in Referrers(repository, subject).Where(r => string.CompareOrdinal(r.Digest.ToString(), last) > 0))
            {
                if (found.Count >= services.Limits.MaxReferrers || bytes > MostReferrerBytes)
                {
                    more = true;
                    break;
                }

                Descriptor whole = Complete(repository, referrer);
                if (wanted is null || whole.ArtifactType == wanted)
                {
                    found.Add(whole);
                    bytes += OciImageJson.Write(whole).Length;
                }
            }
        }

        if (wanted is not null)
        {
            call.Header("OCI-Filters-Applied", "artifactType");
        }

        if (more)
        {
            call.Header("Link", $"<{call.Request.Path}?last={Uri.EscapeDataString(found[^1].Digest.ToString())}"
                + (wanted is null ? "" : $"&artifactType={Uri.EscapeDataString(wanted)}") + ">; rel=\"next\"");
        }

        await call.BytesAsync(StatusCodes.Status200OK, MediaTypes.OciIndex, OciImageJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = found }));
    }

    /// <summary>By subject and, for what came from a registry without this list, from the index under the tag that stands for it.</summary>
    private static IEnumerable<Descriptor> Referrers(Repository repository, Digest subject)
    {
        RepositoryState state = repository.State;
        var all = new SortedDictionary<string, Descriptor>(StringComparer.Ordinal);
        foreach (Digest digest in state.Referrers.GetValueOrDefault(subject) ?? [])
        {
            all[digest.ToString()] = state.Manifests[digest].Descriptor;
        }

        string fallback = $"{subject.Algorithm}-{subject.Encoded}";
        if (fallback.Length <= 128 && state.Tags.TryGetValue(fallback, out Digest list) && MediaTypes.IsIndex(state.Manifests[list].Descriptor.MediaType))
        {
            foreach (Descriptor named in OciImageJson.ReadIndex(repository.ReadManifest(list)).Manifests.Where(m => state.Manifests.ContainsKey(m.Digest)))
            {
                all.TryAdd(named.Digest.ToString(), state.Manifests[named.Digest].Descriptor);
            }
        }

        return all.Values;
    }

    private static Descriptor Complete(Repository repository, Descriptor referrer)
    {
        ManifestFacts facts = ManifestReader.Read(repository.ReadManifest(referrer.Digest), referrer.MediaType);
        return referrer with { ArtifactType = facts.ArtifactType, Annotations = facts.Annotations };
    }

    private static Task JsonAsync(RegistryCall call, JsonObject body) =>
        call.BytesAsync(StatusCodes.Status200OK, "application/json; charset=utf-8", Encoding.UTF8.GetBytes(body.ToJsonString() + "\n"));
}
