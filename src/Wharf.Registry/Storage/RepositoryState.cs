using System.Collections.Immutable;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Registry.Storage;

/// <summary>One moment of a repository: its manifests and tags. Immutable; a reader keeps the one it has.</summary>
internal sealed record RepositoryState
{
    // The names under which an OCI index.json holds what a descriptor has no field for.
    public const string TagAnnotation = "org.opencontainers.image.ref.name";
    public const string SubjectAnnotation = "org.wharf.registry.subject";

    public static readonly RepositoryState Empty = new();

    public ImmutableDictionary<Digest, ManifestEntry> Manifests { get; private init; } = ImmutableDictionary<Digest, ManifestEntry>.Empty;

    public ImmutableSortedDictionary<string, Digest> Tags { get; private init; } = ImmutableSortedDictionary.Create<string, Digest>(StringComparer.Ordinal);

    /// <summary>Manifests by the one they refer to.</summary>
    public ImmutableDictionary<Digest, ImmutableHashSet<Digest>> Referrers { get; private init; } = ImmutableDictionary<Digest, ImmutableHashSet<Digest>>.Empty;

    public RepositoryState With(ManifestEntry entry, IReadOnlyCollection<string> tags) => this with
    {
        Manifests = Manifests.SetItem(entry.Digest, entry),
        Tags = Tags.SetItems(tags.Select(tag => KeyValuePair.Create(tag, entry.Digest))),
        Referrers = entry.Subject.IsEmpty
            ? Referrers
            : Referrers.SetItem(entry.Subject, (Referrers.GetValueOrDefault(entry.Subject) ?? ImmutableHashSet<Digest>.Empty).Add(entry.Digest)),
    };

    public RepositoryState WithTag(string tag, Digest digest) => this with { Tags = Tags.SetItem(tag, digest) };

    public RepositoryState WithoutTag(string tag) => this with { Tags = Tags.Remove(tag) };

    /// <summary>Without the manifest, its tags and its place among the referrers.</summary>
    public RepositoryState Without(Digest digest)
    {
        if (!Manifests.TryGetValue(digest, out ManifestEntry? entry))
        {
            return this;
        }

        var referrers = Referrers;
        if (!entry.Subject.IsEmpty && referrers.TryGetValue(entry.Subject, out ImmutableHashSet<Digest>? of))
        {
            of = of.Remove(digest);
            referrers = of.IsEmpty ? referrers.Remove(entry.Subject) : referrers.SetItem(entry.Subject, of);
        }

        return this with
        {
            Manifests = Manifests.Remove(digest),
            Tags = Tags.RemoveRange(Tags.Where(t => t.Value == digest).Select(t => t.Key)),
            Referrers = referrers,
        };
    }

    /// <summary>The OCI index that is this state: a descriptor for every tag, and one for every manifest that has none.</summary>
    public ImageIndex ToIndex()
    {
        var descriptors = new List<Descriptor>(Manifests.Count);
        var tagged = new HashSet<Digest>();
        foreach ((string tag, Digest digest) in Tags)
        {
            tagged.Add(digest);
            descriptors.Add(Stored(Manifests[digest], tag));
        }

        descriptors.AddRange(Manifests.Values.Where(m => !tagged.Contains(m.Digest)).OrderBy(m => m.Digest.ToString(), StringComparer.Ordinal).Select(m => Stored(m, null)));
        return new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = descriptors };
    }

    public static RepositoryState From(ImageIndex index)
    {
        RepositoryState state = Empty;
        foreach (Descriptor stored in index.Manifests)
        {
            Digest subject = Digest.TryParse(stored.Annotations?.GetValueOrDefault(SubjectAnnotation), out Digest named) ? named : default;
            string? tag = stored.Annotations?.GetValueOrDefault(TagAnnotation);
            state = state.With(new ManifestEntry(stored with { Annotations = null }, subject), tag is not null && Primitives.ImageReference.IsTag(tag) ? [tag] : []);
        }

        return state;
    }

    private static Descriptor Stored(ManifestEntry entry, string? tag)
    {
        SortedDictionary<string, string>? annotations = null;
        if (tag is not null || !entry.Subject.IsEmpty)
        {
            annotations = new SortedDictionary<string, string>(StringComparer.Ordinal);
            if (tag is not null)
            {
                annotations[TagAnnotation] = tag;
            }

            if (!entry.Subject.IsEmpty)
            {
                annotations[SubjectAnnotation] = entry.Subject.ToString();
            }
        }

        return entry.Descriptor with { Annotations = annotations };
    }
}
