using System.Diagnostics.CodeAnalysis;

namespace Wharf.Primitives;

/// <summary>
/// A parsed image name: <c>[domain/]path[:tag][@digest]</c>, by the grammar of the distribution reference
/// (distribution.github.io, "reference"). Familiar names are normalised the way Docker does: no domain means
/// <c>docker.io</c>, a single path component there means <c>library/</c>.
/// </summary>
public sealed record ImageReference
{
    public const string DefaultDomain = "docker.io";
    public const string DefaultTag = "latest";
    private const int MaxNameLength = 255;
    private const int MaxTagLength = 128;

    private ImageReference(string domain, string path, string? tag, Digest digest)
    {
        Domain = domain;
        Path = path;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>The registry's host and optional port: <c>docker.io</c>, <c>localhost:5000</c>.</summary>
    public string Domain { get; }

    /// <summary>The repository path within the domain: <c>library/busybox</c>.</summary>
    public string Path { get; }

    public string? Tag { get; init; }

    public Digest Digest { get; init; }

    /// <summary>Domain and path in full: <c>docker.io/library/busybox</c>.</summary>
    public string Name => Domain + "/" + Path;

    /// <summary>The name as people write it: <c>busybox</c>, <c>localhost:5000/a/b</c>.</summary>
    public string FamiliarName =>
        Domain != DefaultDomain ? Name
        : Path.StartsWith("library/", StringComparison.Ordinal) && Path.IndexOf('/', 8) < 0 ? Path[8..]
        : Path;

    /// <summary>The familiar name with its tag and digest, as they were given.</summary>
    public string Familiar => FamiliarName + Suffix;

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest.IsEmpty ? "" : "@" + Digest);

    public bool IsNameOnly => Tag is null && Digest.IsEmpty;

    /// <summary>This reference with <c>:latest</c> when it has neither tag nor digest.</summary>
    public ImageReference WithDefaultTag() => IsNameOnly ? this with { Tag = DefaultTag } : this;

    public ImageReference NameOnly() => this with { Tag = null, Digest = default };

    public override string ToString() => Name + Suffix;

    /// <exception cref="WharfException">InvalidArgument: "invalid reference format" and why.</exception>
    public static ImageReference Parse(string text) =>
        TryParse(text, out var reference, out string? error) ? reference : throw WharfException.Invalid(error);

    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference) => TryParse(text, out reference, out _);

    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference, [NotNullWhen(false)] out string? error)
    {
        reference = null;
        error = "invalid reference format";
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        // A bare image id is no name: Docker refuses it here, so that an id never becomes a repository by accident.
        if (text.Length == 64 && Hexadecimal.IsHex(text))
        {
            error = $"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings";
            return false;
        }

        string rest = text;
        Digest digest = default;
        int at = rest.IndexOf('@');
        if (at >= 0)
        {
            if (!Digest.TryParse(rest[(at + 1)..], out digest))
            {
                return false;
            }

            rest = rest[..at];
        }

        string? tag = null;
        int slash = rest.LastIndexOf('/');
        int colon = rest.LastIndexOf(':');
        if (colon > slash)
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!IsTag(tag))
            {
                return false;
            }
        }

        (string domain, string path) = SplitDomain(rest);
        string name = path.Split(':')[0];
        if (name.AsSpan().ContainsAnyInRange('A', 'Z'))
        {
            error = "invalid reference format: repository name (" + name + ") must be lowercase";
            return false;
        }

        if (!IsDomain(domain) || !IsPath(path))
        {
            return false;
        }

        if (domain.Length + 1 + path.Length > MaxNameLength)
        {
            error = $"repository name must not be more than {MaxNameLength} characters";
            return false;
        }

        error = null;
        reference = new ImageReference(domain, path, tag, digest);
        return true;
    }

    private static (string Domain, string Path) SplitDomain(string name)
    {
        int slash = name.IndexOf('/');
        string first = slash < 0 ? "" : name[..slash];
        bool hasDomain = slash >= 0 && (first.AsSpan().ContainsAny('.', ':') || first == "localhost" || first.AsSpan().ContainsAnyInRange('A', 'Z'));
        (string domain, string path) = hasDomain ? (first, name[(slash + 1)..]) : (DefaultDomain, name);
        if (domain == "index.docker.io")
        {
            domain = DefaultDomain;
        }

        return domain == DefaultDomain && !path.Contains('/') ? (domain, "library/" + path) : (domain, path);
    }

    /// <summary>True for a valid tag: a word character, then up to 127 of word characters, dots and dashes.</summary>
    public static bool IsTag(string tag)
    {
        if (tag.Length is 0 or > MaxTagLength || !(char.IsAsciiLetterOrDigit(tag[0]) || tag[0] == '_'))
        {
            return false;
        }

        foreach (char c in tag)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDomain(string domain)
    {
        string host = domain;
        if (domain.StartsWith('['))
        {
            int end = domain.IndexOf(']');
            return end > 1 && System.Net.IPAddress.TryParse(domain.AsSpan(1, end - 1), out _)
                && (end == domain.Length - 1 || IsPort(domain.AsSpan(end + 1)));
        }

        int colon = domain.IndexOf(':');
        if (colon >= 0)
        {
            if (!IsPort(domain.AsSpan(colon)))
            {
                return false;
            }

            host = domain[..colon];
        }

        foreach (Range part in host.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> label = host.AsSpan(part);
            if (label.Length == 0 || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (char c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsPort(ReadOnlySpan<char> colonAndPort) =>
        colonAndPort.Length > 1 && colonAndPort[0] == ':' && !colonAndPort[1..].ContainsAnyExceptInRange('0', '9');

    /// <summary>True for a repository's path as the grammar has it: lower-case components joined by slashes. Its length is not looked at.</summary>
    public static bool IsPath(string path)
    {
        foreach (Range part in path.AsSpan().Split('/'))
        {
            if (!IsPathComponent(path.AsSpan(part)))
            {
                return false;
            }
        }

        return true;
    }

    // alphanumerics joined by one '.', one or two '_', or any number of '-'
    private static bool IsPathComponent(ReadOnlySpan<char> part)
    {
        int i = 0;
        while (true)
        {
            int start = i;
            while (i < part.Length && (char.IsAsciiDigit(part[i]) || char.IsAsciiLetterLower(part[i])))
            {
                i++;
            }

            if (i == start)
            {
                return false;
            }

            if (i == part.Length)
            {
                return true;
            }

            int separator = i;
            while (i < part.Length && part[i] == part[separator] && part[i] is '.' or '_' or '-')
            {
                i++;
            }

            int length = i - separator;
            if (length == 0 || (part[separator] == '.' && length > 1) || (part[separator] == '_' && length > 2))
            {
                return false;
            }
        }
    }
}
