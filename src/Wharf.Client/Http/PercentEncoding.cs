namespace Wharf.Client.Http;

/// <summary>Text as it stands in an address (RFC 3986, section 2).</summary>
internal static class PercentEncoding
{
    /// <summary>Every byte but the unreserved ones as <c>%XX</c>. Names and numbers come back as they are, and the framework's tables stay unmade.</summary>
    public static string Of(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_' or '~'))
            {
                return Uri.EscapeDataString(text);
            }
        }

        return text;
    }
}
