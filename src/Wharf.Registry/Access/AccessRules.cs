using System.Text.Json;
using System.Text.Json.Serialization;
using Wharf.Primitives;

namespace Wharf.Registry.Access;

/// <summary>
/// Who may do what: a list of rules, of which every one that fits gives its actions; what no rule gives is forbidden. Without a file every user
/// with a password may do everything, and nobody else anything.
/// </summary>
internal sealed class AccessRules
{
    public const string Anonymous = "anonymous";

    private readonly IReadOnlyList<AccessRule> _rules;

    private AccessRules(IReadOnlyList<AccessRule> rules) => _rules = rules;

    public static AccessRules UsersOnly { get; } = new([new AccessRule { Users = ["*"], Repositories = ["**"], Actions = ["*"], Catalog = true }]);

    /// <exception cref="WharfException">InvalidArgument: the file is not what it should be, and where.</exception>
    public static AccessRules Load(string path)
    {
        try
        {
            AccessFile file = JsonSerializer.Deserialize(File.ReadAllBytes(path), AccessJson.Default.AccessFile) ?? throw new JsonException("it is null");
            List<string> problems = [.. Enumerable.Range(0, file.Rules.Count).SelectMany(i => file.Rules[i].Problems().Select(p => $"rule {i + 1}: {p}"))];
            return problems.Count == 0 ? new AccessRules(file.Rules) : throw new JsonException(string.Join("; ", problems));
        }
        catch (JsonException e)
        {
            throw WharfException.Invalid($"access file {path}: {e.Message}", e);
        }
    }

    public bool Allows(string user, string repository, string action) =>
        _rules.Any(r => r.IsFor(user) && (r.Actions.Contains(action) || r.Actions.Contains("*")) && r.Repositories.Any(p => RepositoryPattern.Matches(p, repository, user)));

    public bool MayList(string user) => _rules.Any(r => r.IsFor(user) && r.Catalog);
}

/// <summary>The file of access rules.</summary>
internal sealed record AccessFile
{
    public IReadOnlyList<AccessRule> Rules { get; set; } = [];
}

// Settable, not init: the source generator would put null into those that the file leaves out.
/// <summary>One rule: these users may do these things with these repositories.</summary>
internal sealed record AccessRule
{
    /// <summary>Names; <c>*</c> for every user with a password, <c>anonymous</c> for those without.</summary>
    public IReadOnlyList<string> Users { get; set; } = [];

    /// <summary>Patterns: <c>*</c> within a component, <c>**</c> for any number of them, <c>${user}</c> for the caller's name.</summary>
    public IReadOnlyList<string> Repositories { get; set; } = [];

    /// <summary>pull, push, delete, or <c>*</c>.</summary>
    public IReadOnlyList<string> Actions { get; set; } = [];

    /// <summary>They see the names of all repositories; others see those they may pull from.</summary>
    public bool Catalog { get; set; }

    public bool IsFor(string user) => user.Length == 0 ? Users.Contains(AccessRules.Anonymous) : Users.Contains("*") || (Users.Contains(user) && user != AccessRules.Anonymous);

    public IEnumerable<string> Problems()
    {
        if (Users.Count == 0)
        {
            yield return "it has no users";
        }

        if (Repositories.Count == 0 && !Catalog)
        {
            yield return "it has no repositories";
        }

        foreach (string action in Actions.Where(a => a is not (Access.Actions.Pull or Access.Actions.Push or Access.Actions.Delete or "*")))
        {
            yield return $"unknown action \"{action}\" (pull, push, delete or *)";
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(AccessFile))]
internal sealed partial class AccessJson : JsonSerializerContext;
