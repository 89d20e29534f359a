using System.Text;
using Wharf.Build.Attestations.Packages;
using Wharf.Build.Copying;
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
            await AddBillsAsync(session, graph, image, predicates, ct);
        }

        string id = request.BuildId ?? ObjectId.New();
        byte[] Provenance(ProvenanceOptions options) => new ProvenancePredicate(request, graph, session.Record, options).Write(image, id, session.Clock.GetUtcNow());
        if (request.Attestations.Provenance is { } attested)
        {
            predicates.Add(new BuildPredicate(ProvenancePredicate.TypeOf(attested), Provenance(attested)));
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

    // The image's own first, then those of what it was made from, as far as they are asked for.
    private static async Task AddBillsAsync(BuildSession session, StageGraph graph, Digest image, List<BuildPredicate> predicates, CancellationToken ct)
    {
        BuildRequest request = session.Request;
        string name = request.Tags.Count > 0 ? request.Tags[0].WithDefaultTag().Familiar : image.ToString();
        predicates.Add(await BillAsync(session, image, name, ct));
        foreach (Stage stage in ScanScope.Stages(session, graph))
        {
            StageState state = await session.Running.ResultOf(stage);
            predicates.Add(await BillAsync(session, state.Image, $"{name} (stage {stage})", ct));
        }

        if (ScanScope.HasContext(session) && request.Context is { } context)
        {
            await using IBuildWorkspace files = await session.Workspaces.OpenAsync(default, ct);
            string title = $"{name} (build context)";
            IReadOnlyList<FoundPackage> packages = await Task.Run(
                () =>
                {
                    TreeCopy.Copy(new CopyItem(context, "", "/"), new TargetTree(files.Root), new CopyLook(), ct);
                    return PackageFinder.Find(files.Root, ct);
                },
                ct);
            predicates.Add(new BuildPredicate(SpdxDocument.PredicateType, SpdxDocument.Write(Digest.Sha256(Encoding.UTF8.GetBytes(title)), title, packages, session.Created)));
        }
    }

    private static async Task<BuildPredicate> BillAsync(BuildSession session, Digest image, string name, CancellationToken ct)
    {
        IReadOnlyList<FoundPackage> packages = [];
        if (!image.IsEmpty)
        {
            await using IBuildWorkspace files = await session.Workspaces.OpenReadOnlyAsync(image, ct);
            packages = await Task.Run(() => PackageFinder.Find(files.Root, ct), ct);
        }

        Digest subject = image.IsEmpty ? Digest.Sha256(Encoding.UTF8.GetBytes(name)) : image;
        return new BuildPredicate(SpdxDocument.PredicateType, SpdxDocument.Write(subject, name, packages, session.Created));
    }
}
