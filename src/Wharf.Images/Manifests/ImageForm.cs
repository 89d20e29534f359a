using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Manifests;

/// <summary>What is said of an image beside its configuration and layers: annotations, and statements about how it came to be and what is in it.</summary>
public sealed record ImageForm
{
    public static ImageForm Plain { get; } = new();

    /// <summary>Of the manifest.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Of the manifest's entry in the index.</summary>
    public IReadOnlyDictionary<string, string> EntryAnnotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Of the index.</summary>
    public IReadOnlyDictionary<string, string> IndexAnnotations { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<ImagePredicate> Predicates { get; init; } = [];

    /// <summary>Names of the image that statements give their subject.</summary>
    public IReadOnlyList<ImageReference> Names { get; init; } = [];

    public bool IsPlain => Annotations.Count == 0 && !NeedsIndex;

    /// <summary>A manifest alone cannot say it.</summary>
    public bool NeedsIndex => EntryAnnotations.Count > 0 || IndexAnnotations.Count > 0 || Predicates.Count > 0;
}

/// <summary>What is stated, without the subject, which the image's manifest is.</summary>
/// <param name="Type">URI of the kind of predicate.</param>
/// <param name="Json">The predicate.</param>
public sealed record ImagePredicate(string Type, ReadOnlyMemory<byte> Json);
