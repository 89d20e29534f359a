using System.Text;
using Wharf.Build.Attestations.Packages;
using Wharf.Build.Execution;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Attestations;

/// <summary>Says of the result of a build what was asked for: annotations, how it came to be, what is in it.</summary>
internal static class Attester
{
    public static async Task DescribeAsync(BuildSession session, StageGraph graph, StageState last, Digest image, CancellationToken ct)
    {
        BuildRequest request = session.Request;
        var predicates = new List<BuildPredicate>();
        if (request.Attestations.Sbom)
        {
            await using IBuildWorkspace files = await session.Workspaces.OpenReadOnlyAsync(image, ct);
            IReadOnlyList<FoundPackage> packages = await Task.Run(() => PackageFinder.Find(files.Root, ct), ct);
            string name = request.Tags.Count > 0 ? request.Tags[0].WithDefaultTag().Familiar : image.ToString();
            predicates.Add(new BuildPredicate(SpdxDocument.PredicateType, SpdxDocument.Write(image, name, packages, session.Created)));
        }

        string id = request.BuildId ?? ObjectId.New();
        byte[] Provenance(ProvenanceOptions options) => new ProvenancePredicate(request, graph, session.Record, options).Write(image, id, session.Clock.GetUtcNow());
        if (request.Attestations.Provenance is { } attested)
        {
            predicates.Add(new BuildPredicate(ProvenancePredicate.Type, Provenance(attested)));
        }

        if (request.ToldProvenance is { } told)
        {
            request.Progress?.Provenance(Encoding.UTF8.GetString(Provenance(told)));
        }

        var description = request.Description with { Predicates = predicates, Names = request.Tags };

        // A build that adds nothing to its base image has nothing to take back of what is said of that.
        if (!description.IsEmpty || image != last.Base)
        {
            await session.Images.DescribeAsync(image, description, ct);
        }
    }
}
