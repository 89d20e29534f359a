namespace Wharf.Build.Attestations.Packages;

/// <summary>Stanzas of "Key: value" lines, parted by empty lines (deb822(5), RFC 822 headers of Python's metadata). Of folded values the first line.</summary>
internal static class Stanzas
{
    public static IEnumerable<Dictionary<string, string>> Read(string text)
    {
        var stanza = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.TrimEnd('\r');
            if (line.Length == 0)
            {
                if (stanza.Count > 0)
                {
                    yield return stanza;
                    stanza = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                }

                continue;
            }

            int colon = line.IndexOf(':');
            if (line[0] is not (' ' or '\t') && colon > 0)
            {
                stanza.TryAdd(line[..colon], line[(colon + 1)..].Trim());
            }
        }

        if (stanza.Count > 0)
        {
            yield return stanza;
        }
    }
}
