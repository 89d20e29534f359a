namespace Wharf.Registry.Access;

/// <summary>What can be asked of a repository.</summary>
internal static class Actions
{
    public const string Pull = "pull";
    public const string Push = "push";
    public const string Delete = "delete";
}

/// <summary>Who makes a request and what it may do.</summary>
internal abstract class Caller
{
    /// <summary>The user's name; empty for an anonymous one.</summary>
    public abstract string Name { get; }

    public abstract bool May(string repository, string action);

    public abstract bool MayList { get; }

    /// <summary>Where nobody is asked who they are.</summary>
    public static Caller Anyone { get; } = new Open();

    private sealed class Open : Caller
    {
        public override string Name => "";

        public override bool MayList => true;

        public override bool May(string repository, string action) => true;
    }
}

/// <summary>A named or anonymous user under access rules.</summary>
internal sealed class RuledCaller(string name, AccessRules rules) : Caller
{
    public override string Name => name;

    public override bool MayList => rules.MayList(name);

    public override bool May(string repository, string action) => rules.Allows(name, repository, action);
}

/// <summary>The bearer of a token, which says itself what it may do.</summary>
internal sealed class TokenCaller(string name, IReadOnlyList<TokenGrant> grants) : Caller
{
    public override string Name => name;

    public override bool MayList => Has("registry", "catalog", "*");

    public override bool May(string repository, string action) => Has("repository", repository, action);

    private bool Has(string type, string what, string action) =>
        grants.Any(g => g.Type == type && g.Name == what && (g.Actions.Contains(action) || g.Actions.Contains("*")));
}
