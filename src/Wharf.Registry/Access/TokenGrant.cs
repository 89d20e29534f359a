namespace Wharf.Registry.Access;

/// <summary>One entry of a token's <c>access</c> claim (distribution token authentication specification, "Token claims").</summary>
internal sealed record TokenGrant(string Type, string Name, IReadOnlyList<string> Actions)
{
    /// <summary>Parses a scope such as <c>repository:team/app:pull,push</c>; the name may hold colons (a registry's port).</summary>
    /// <returns>Null when it is none.</returns>
    public static TokenGrant? Parse(string scope)
    {
        int first = scope.IndexOf(':', StringComparison.Ordinal), last = scope.LastIndexOf(':');
        if (first <= 0 || last <= first + 1)
        {
            return null;
        }

        string type = scope[..first];
        // repository(plugin) and the like: the class says nothing about rights
        int parenthesis = type.IndexOf('(', StringComparison.Ordinal);
        return new TokenGrant(parenthesis > 0 ? type[..parenthesis] : type, scope[(first + 1)..last],
            scope[(last + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    public override string ToString() => $"{Type}:{Name}:{string.Join(',', Actions)}";
}
