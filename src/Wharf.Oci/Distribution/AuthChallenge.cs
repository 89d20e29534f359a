namespace Wharf.Oci.Distribution;

/// <summary>One challenge of a WWW-Authenticate header (RFC 9110, section 11.6.1).</summary>
public sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public string? this[string name] => Parameters.TryGetValue(name, out string? value) ? value : null;

    /// <summary>Parses all challenges of a response; what is malformed is left out.</summary>
    public static IReadOnlyList<AuthChallenge> Parse(IEnumerable<string> headers)
    {
        var challenges = new List<AuthChallenge>();
        foreach (string header in headers)
        {
            var scanner = new Scanner(header);
            Dictionary<string, string>? parameters = null;
            while (scanner.Token() is { Length: > 0 } word)
            {
                if (parameters is not null && scanner.Take('='))
                {
                    parameters[word] = scanner.Value();
                    scanner.Take(',');
                }
                else
                {
                    parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                    challenges.Add(new AuthChallenge(word, parameters));
                    scanner.Take(',');
                }
            }
        }

        return challenges;
    }

    private struct Scanner(string text)
    {
        private int _position;

        public string Token()
        {
            while (_position < text.Length && text[_position] is ' ' or '\t' or ',')
            {
                _position++;
            }

            int start = _position;
            while (_position < text.Length && text[_position] is not (' ' or '\t' or ',' or '=' or '"'))
            {
                _position++;
            }

            return text[start.._position];
        }

        public bool Take(char c)
        {
            int ahead = _position;
            while (ahead < text.Length && text[ahead] is ' ' or '\t')
            {
                ahead++;
            }

            if (ahead < text.Length && text[ahead] == c)
            {
                _position = ahead + 1;
                return true;
            }

            return false;
        }

        public string Value()
        {
            while (_position < text.Length && text[_position] is ' ' or '\t')
            {
                _position++;
            }

            if (_position >= text.Length || text[_position] != '"')
            {
                return Token();
            }

            var value = new System.Text.StringBuilder();
            for (_position++; _position < text.Length && text[_position] != '"'; _position++)
            {
                if (text[_position] == '\\' && _position + 1 < text.Length)
                {
                    _position++;
                }

                value.Append(text[_position]);
            }

            // a value whose closing quote is missing ends with the header
            _position = Math.Min(_position + 1, text.Length);
            return value.ToString();
        }
    }
}
