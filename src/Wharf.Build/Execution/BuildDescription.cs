using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>What a build says of its result beside the configuration.</summary>
public sealed record BuildDescription
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <summary>Annotations of the image's manifest.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Nothing;

    /// <summary>Annotations of the manifest's entry in the index.</summary>
    public IReadOnlyDictionary<string, string> EntryAnnotations { get; init; } = Nothing;

    /// <summary>Annotations of the index.</summary>
    public IReadOnlyDictionary<string, string> IndexAnnotations { get; init; } = Nothing;

    public IReadOnlyList<BuildPredicate> Predicates { get; init; } = [];

    public IReadOnlyList<ImageReference> Names { get; init; } = [];

    public bool IsEmpty => Annotations.Count == 0 && EntryAnnotations.Count == 0 && IndexAnnotations.Count == 0 && Predicates.Count == 0;
}

/// <param name="Type">URI of the kind of predicate.</param>
/// <param name="Json">What is stated; its subject is the image.</param>
public sealed record BuildPredicate(string Type, byte[] Json);
