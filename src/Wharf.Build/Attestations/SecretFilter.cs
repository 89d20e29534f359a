using System.Text;
using System.Text.RegularExpressions;

namespace Wharf.Build.Attestations;

/// <summary>
/// Takes out of texts what must not be written down: the values of the build's secrets wherever they turn up (an argument that repeats one, an echo in
/// the Dockerfile), and names and passwords in addresses (repositories, proxies).
/// </summary>
public sealed partial class SecretFilter
{
    private const string Instead = "xxxxx";

    /// <summary>A shorter value is in every text by chance.</summary>
    private const int Shortest = 4;

    private readonly List<string> _values;

    public SecretFilter(IEnumerable<byte[]> secrets) =>
        _values = [.. secrets.Select(s => Encoding.UTF8.GetString(s)).SelectMany(s => new[] { s, s.Trim() }).Where(s => s.Length >= Shortest).Distinct().OrderByDescending(s => s.Length)];

    public string Clean(string text)
    {
        foreach (string value in _values)
        {
            text = text.Replace(value, Instead, StringComparison.Ordinal);
        }

        return CleanAddress(text);
    }

    /// <summary>Without the part before the @ of an address's host. <c>git@host</c> has no password and stays.</summary>
    public static string CleanAddress(string text) => Credentials().Replace(text, "$1" + Instead + "@");

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]*://)(?!git@)[^/\s@""']+@")]
    private static partial Regex Credentials();
}
