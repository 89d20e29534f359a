namespace Wharf.Build.Calls;

/// <summary>Comments of the form <c># NAME what it is for</c> right above a stage or an argument.</summary>
internal static class Descriptions
{
    public static string Of(IReadOnlyList<string>? comments, string? name) =>
        name is null ? "" : (comments ?? []).LastOrDefault(c => c.StartsWith(name + " ", StringComparison.Ordinal))?[(name.Length + 1)..].Trim() ?? "";
}
