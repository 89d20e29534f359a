namespace Wharf.Build.Attestations;

/// <summary>The kinds of predicates that the builder writes, by their URIs.</summary>
public static class AttestationTypes
{
    public const string Provenance = ProvenancePredicate.Type, OldProvenance = ProvenancePredicate.OldType, Sbom = SpdxDocument.PredicateType;
}
