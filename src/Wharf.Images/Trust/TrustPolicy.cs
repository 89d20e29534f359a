using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Images.Trust;

/// <summary>
/// Which images may be pulled and run: a rule per registry, name prefix or name, in the format of containers-policy.json(5), transport "docker".
/// What this engine cannot check (GPG signatures, keyless certificates) is refused when the file is read, not when an image comes.
/// </summary>
public sealed class TrustPolicy
{
    /// <summary>Read when the daemon's flags name no other and it exists.</summary>
    public const string DefaultPath = "/etc/docker/policy.json";

    private readonly IReadOnlyDictionary<string, TrustRule> _scopes;
    private readonly TrustRule _default;

    private TrustPolicy(string path, TrustRule otherwise, IReadOnlyDictionary<string, TrustRule> scopes) => (Path, _default, _scopes) = (path, otherwise, scopes);

    public string Path { get; }

    /// <exception cref="WharfException">InvalidArgument: what in the file cannot be used.</exception>
    public static TrustPolicy Load(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return Read(document.RootElement, path);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException or KeyNotFoundException
            or System.Security.Cryptography.CryptographicException)
        {
            throw WharfException.Invalid($"trust policy {path}: {e.Message}", e);
        }
    }

    /// <summary>The rule for a name: that of the name with its tag or digest, of the repository, of each folder above it, of the registry, of a
    /// wildcard for its domain, of the transport, or the default.</summary>
    public (string Scope, TrustRule Rule) RuleFor(ImageReference reference)
    {
        foreach (string scope in Scopes(reference))
        {
            if (_scopes.TryGetValue(scope, out TrustRule? rule))
            {
                return (scope.Length == 0 ? "docker" : scope, rule);
            }
        }

        return ("default", _default);
    }

    private static IEnumerable<string> Scopes(ImageReference reference)
    {
        if (reference.Tag is not null)
        {
            yield return $"{reference.Name}:{reference.Tag}";
        }

        if (!reference.Digest.IsEmpty)
        {
            yield return $"{reference.Name}@{reference.Digest}";
        }

        for (string name = reference.Name; ;)
        {
            yield return name;
            int slash = name.LastIndexOf('/');
            if (slash < 0)
            {
                break;
            }

            name = name[..slash];
        }

        string host = reference.Domain.Split(':')[0];
        for (int dot = host.IndexOf('.'); dot >= 0; dot = host.IndexOf('.', dot + 1))
        {
            yield return "*" + host[dot..];
        }

        yield return "";
    }

    private static TrustPolicy Read(JsonElement root, string path)
    {
        TrustRule? otherwise = null;
        var scopes = new Dictionary<string, TrustRule>(StringComparer.Ordinal);
        foreach (JsonProperty part in root.EnumerateObject())
        {
            switch (part.Name)
            {
                case "default":
                    otherwise = TrustRule.Read(part.Value, "default");
                    break;
                case "transports":
                    foreach (JsonProperty transport in part.Value.EnumerateObject())
                    {
                        // Other transports (files, archives, another engine's storage) are not how images come here.
                        foreach (JsonProperty scope in transport.Value.EnumerateObject().Where(_ => transport.Name == "docker"))
                        {
                            scopes[scope.Name] = TrustRule.Read(scope.Value, scope.Name.Length == 0 ? "docker" : scope.Name);
                        }
                    }

                    break;
                default:
                    throw new JsonException($"unknown key \"{part.Name}\"");
            }
        }

        return new TrustPolicy(path, otherwise ?? throw new JsonException("it has no default"), scopes);
    }
}
