using System.Collections.Immutable;
using System.Text;
using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Images.Registries;
using Wharf.Oci.Signing;
using Wharf.Primitives;

namespace Wharf.Images.Trust;

/// <summary>
/// Applies the policy: a pull looks for signatures before any layer is fetched, a run asks whether that was done for what stands under the name now.
/// What was verified is remembered in the data root (trust), a line each, together with the keys it was verified by.
/// </summary>
internal sealed class TrustGate
{
    private readonly TrustPolicy? _policy;
    private readonly string _file;
    private readonly Lock _gate = new();
    private ImmutableHashSet<string> _verified;

    public TrustGate(TrustPolicy? policy, string dataRoot)
    {
        _policy = policy;
        _file = Path.Combine(dataRoot, "trust");
        _verified = policy is not null && File.Exists(_file) ? [.. File.ReadAllLines(_file)] : [];
    }

    /// <summary>What can be said before anybody is asked: a rejected registry is not even spoken to.</summary>
    /// <exception cref="WharfException">Forbidden: the policy rejects the image.</exception>
    public void CheckName(ImageReference reference)
    {
        if (_policy is not null && _policy.RuleFor(reference) is { Rule.Rejects: true } found)
        {
            throw Rejected(reference, found.Scope);
        }
    }

    /// <exception cref="WharfException">Forbidden: the policy rejects the image, or no signature satisfies it.</exception>
    public async Task CheckPullAsync(RepositoryClient repository, ImageReference reference, Digest manifest, CancellationToken ct)
    {
        if (_policy is null)
        {
            return;
        }

        CheckName(reference);
        (string scope, TrustRule rule) = _policy.RuleFor(reference);
        if (rule.Demands.Count == 0 || IsRemembered(reference.Name, manifest, rule))
        {
            return;
        }

        IReadOnlyList<SimpleSigning> signatures = await SignatureFinder.FindAsync(repository, manifest, ct).ConfigureAwait(false);
        foreach (SignatureDemand demand in rule.Demands)
        {
            List<string?> problems = [.. signatures.Select(s => s.Problem(demand.Keys, demand.Repository ?? reference.Name, reference.Tag, manifest))];
            if (!problems.Contains(null))
            {
                string why = problems.Count == 0 ? "it has no signature" : $"{(problems.Count == 1 ? "its signature does" : $"its {problems.Count} signatures do")} not fit: {string.Join(", ", problems.Distinct())}";
                throw WharfException.Forbidden($"{reference.Familiar} is not signed as the trust policy {_policy.Path} demands for \"{scope}\": {why}");
            }
        }

        Remember(reference.Name, manifest, rule);
    }

    /// <summary>Where the image was pulled from and pushed to, and what was verified of that under the policy in force.</summary>
    public ImageOrigin OriginOf(IEnumerable<NameKey> names)
    {
        List<NameKey> digests = [.. names.Where(n => !n.IsTag)];
        return digests.Count == 0 ? ImageOrigin.Unknown : new ImageOrigin(
            [.. digests.Select(d => d.Repository).Distinct(StringComparer.Ordinal)],
            [.. digests.Where(d => _policy?.RuleFor(d.ToReference()).Rule is { Demands.Count: > 0 } rule && IsRemembered(d.Repository, d.Digest, rule))
                .Select(d => d.Repository).Distinct(StringComparer.Ordinal)]);
    }

    /// <exception cref="WharfException">Forbidden: the image must not run under this name.</exception>
    public void CheckRun(IndexState state, string name, ImageRecord image)
    {
        if (_policy is null)
        {
            return;
        }

        // By an id or its beginning: every name it has will do, and an image without one is under the default. The images of one index share their names.
        List<Digest> bearers = [.. state.VariantsOf(image).Select(v => v.Id)];
        bool byName = ImageReference.TryParse(name, out ImageReference? given) && bearers.Contains(Named(state, given));
        List<ImageReference> names = byName ? [given!.WithDefaultTag()] : [.. state.NamesOf(image.Id).Select(n => n.ToReference())];
        names = names.Count > 0 ? names : [.. bearers.SelectMany(state.NamesOf).Select(n => n.ToReference())];
        WharfException? first = null;
        foreach (ImageReference reference in names)
        {
            if (Problem(state, reference, image) is not { } problem)
            {
                return;
            }

            first ??= problem;
        }

        if (names.Count == 0)
        {
            (string scope, TrustRule rule) = _policy.RuleFor(ImageReference.Parse("localhost/unnamed"));
            first = rule.Rejects || rule.Demands.Count > 0
                ? WharfException.Forbidden($"image {name} has no name, and the trust policy {_policy.Path} accepts only signed ones (\"{scope}\")")
                : null;
        }

        if (first is not null)
        {
            throw first;
        }
    }

    private WharfException? Problem(IndexState state, ImageReference reference, ImageRecord image)
    {
        (string scope, TrustRule rule) = _policy!.RuleFor(reference);
        if (rule.Rejects)
        {
            return Rejected(reference, scope);
        }

        bool verified = rule.Demands.Count == 0
            || state.VariantsOf(image).Any(v => state.NamesOf(v.Id).Any(n => n.Repository == reference.Name && !n.Digest.IsEmpty
                && (v.Id == image.Id || n.Digest == image.Target?.Digest) && IsRemembered(reference.Name, n.Digest, rule)));
        return verified ? null : WharfException.Forbidden(
            $"{reference.Familiar} was not verified as the trust policy {_policy.Path} demands for \"{scope}\": pull it again, and its signature will be looked for");
    }

    private WharfException Rejected(ImageReference reference, string scope) =>
        WharfException.Forbidden($"{reference.Familiar} is rejected by the trust policy {_policy!.Path} (\"{scope}\")");

    private static Digest Named(IndexState state, ImageReference reference) => state.Names.GetValueOrDefault(NameKey.Of(reference.WithDefaultTag()));

    private bool IsRemembered(string repository, Digest manifest, TrustRule rule) => Volatile.Read(ref _verified).Contains(Line(repository, manifest, rule));

    private void Remember(string repository, Digest manifest, TrustRule rule)
    {
        lock (_gate)
        {
            ImmutableHashSet<string> verified = _verified.Add(Line(repository, manifest, rule));
            AtomicFile.Write(_file, Encoding.UTF8.GetBytes(string.Join('\n', verified.OrderBy(l => l, StringComparer.Ordinal)) + "\n"));
            Volatile.Write(ref _verified, verified);
        }
    }

    private static string Line(string repository, Digest manifest, TrustRule rule) => $"{repository}@{manifest} {rule.Fingerprint}";
}
