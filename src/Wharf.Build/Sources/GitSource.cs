using Wharf.Primitives;

namespace Wharf.Build.Sources;

/// <summary>A git repository by its address (Docker's manual, "Git repositories"): <c>URL#REF:FOLDER</c>, or <c>URL?ref=…&amp;subdir=…</c>.</summary>
public sealed record GitSource
{
    private const string DefaultScheme = "https://";

    /// <summary>As git takes it.</summary>
    public required string Remote { get; init; }

    /// <summary>Branch, tag, commit or <c>pull/N/head</c>; null for the remote's HEAD.</summary>
    public string? Ref { get; init; }

    /// <summary>The folder that is wanted, relative; empty for all.</summary>
    public string Subfolder { get; init; } = "";

    /// <summary>The commit that must come out, or its beginning.</summary>
    public string? Checksum { get; init; }

    public bool KeepGitDirectory { get; init; }

    public bool Submodules { get; init; } = true;

    /// <summary>Tells repositories from other sources by the form of the address.</summary>
    public static bool IsGit(string word) =>
        word.StartsWith("git://", StringComparison.Ordinal) || word.StartsWith("git@", StringComparison.Ordinal)
        || word.StartsWith("ssh://", StringComparison.Ordinal) || word.StartsWith("github.com/", StringComparison.Ordinal)
        || ((word.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            && word.Split('#', '?')[0].TrimEnd('/').EndsWith(".git", StringComparison.Ordinal));

    /// <exception cref="WharfException">InvalidArgument: a ref or folder that could be something else to git or to the file system; an unknown query member.</exception>
    public static GitSource Parse(string address)
    {
        int hash = address.IndexOf('#');
        string fragment = hash < 0 ? "" : address[(hash + 1)..], rest = hash < 0 ? address : address[..hash];
        int question = rest.IndexOf('?');
        string query = question < 0 ? "" : rest[(question + 1)..], remote = question < 0 ? rest : rest[..question];
        remote = remote.StartsWith("github.com/", StringComparison.Ordinal) ? DefaultScheme + remote : remote;
        if (remote.StartsWith('-') || remote.Any(c => char.IsControl(c) || c == ' '))
        {
            throw WharfException.Invalid($"invalid git repository address: {address}");
        }

        int colon = fragment.IndexOf(':');
        var source = new GitSource
        {
            Remote = remote,
            Ref = NullIfEmpty(colon < 0 ? fragment : fragment[..colon]),
            Subfolder = colon < 0 ? "" : fragment[(colon + 1)..],
        };
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=');
            source = source.With(equals < 0 ? pair : pair[..equals], equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]), address);
        }

        return (source.Ref is null ? source with { Ref = source.Checksum } : source).Checked();
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static bool Truth(string name, string value) => value.ToLowerInvariant() switch
    {
        "" or "1" or "true" => true,
        "0" or "false" => false,
        _ => throw WharfException.Invalid($"invalid value for {name} in a git address: {value}"),
    };

    private GitSource With(string name, string value, string address) => name switch
    {
        "ref" => WithRef(value, value),
        "branch" => WithRef(value, "refs/heads/" + value),
        "tag" => WithRef(value, "refs/tags/" + value),
        "commit" or "checksum" => this with { Checksum = value },
        "subdir" => this with { Subfolder = value },
        "keep-git-dir" => this with { KeepGitDirectory = Truth(name, value) },
        "submodules" => this with { Submodules = Truth(name, value) },
        _ => throw WharfException.Invalid($"unexpected query member \"{name}\" in the git address {address}"),
    };

    // One that is named twice must be the same.
    private GitSource WithRef(string value, string reference) =>
        value.Length == 0 || Ref is null || Ref == value || Ref == reference ? this with { Ref = NullIfEmpty(value) is null ? Ref : reference }
        : throw WharfException.Invalid($"ref conflicts: {Ref} vs {reference}");

    /// <exception cref="WharfException">InvalidArgument: a ref, checksum or folder that could be something else to git or to the file system.</exception>
    internal GitSource Checked()
    {
        if (Ref is { } reference && (reference.StartsWith('-') || reference.Contains("..", StringComparison.Ordinal)
            || reference.Any(c => char.IsControl(c) || c is ' ' or '~' or '^' or ':' or '?' or '*' or '[' or '\\')))
        {
            throw WharfException.Invalid($"invalid git reference: {reference}");
        }

        if (Checksum is { } checksum && (checksum.Length is < 4 or > 64 || !checksum.All(char.IsAsciiHexDigitLower)))
        {
            throw WharfException.Invalid($"invalid checksum \"{checksum}\" for git source, expected hex commit hash");
        }

        string folder = PathPattern.Clean(Subfolder.TrimStart('/'));
        return folder == ".." || folder.StartsWith("../", StringComparison.Ordinal) || folder.Contains('\0')
            ? throw WharfException.Invalid($"the folder {Subfolder} is outside of the repository")
            : this with { Subfolder = folder == "." ? "" : folder };
    }
}
