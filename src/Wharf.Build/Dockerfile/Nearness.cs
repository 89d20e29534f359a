namespace Wharf.Build.Dockerfile;

/// <summary>How far two words are from each other: for "did you mean".</summary>
internal static class Nearness
{
    /// <summary>" (did you mean NAME?)" for the name that was most likely meant, or nothing.</summary>
    public static string Suggest(string word, IEnumerable<string> names)
    {
        // Longer ones are no slip of the fingers, and the distance takes the product of both lengths.
        if (word.Length > 64)
        {
            return "";
        }

        string lower = word.ToLowerInvariant();
        string? near = names.Where(n => n.Length <= 64).Select(n => (Name: n, Far: Distance(n.ToLowerInvariant(), lower)))
            .Where(n => n.Far <= 2 && n.Far < word.Length).OrderBy(n => n.Far).Select(n => n.Name).FirstOrDefault();
        return near is null ? "" : $" (did you mean {near}?)";
    }

    /// <summary>Letters to change, add or take away (Levenshtein).</summary>
    public static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
