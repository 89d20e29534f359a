namespace Wharf.Build.Checks;

/// <summary>Whether a word is written in one case.</summary>
internal static class Casing
{
    public static bool IsLower(string word) => !word.Any(char.IsUpper);

    public static bool IsUpper(string word) => !word.Any(char.IsLower);
}
