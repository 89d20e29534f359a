using Wharf.Primitives;

namespace Wharf.Registry.Access;

/// <summary>
/// Users and bcrypt hashes of an htpasswd file, read anew when the file changes. Other hashes of that format (MD5, SHA-1, crypt, plain text) are too
/// weak to guard a registry: a file with one is refused, and the message names user and scheme.
/// </summary>
internal sealed class HtpasswdFile
{
    private readonly string _path;
    private readonly Lock _gate = new();
    private Dictionary<string, string> _hashes;
    private (DateTime Written, long Length) _version;

    /// <exception cref="WharfException">InvalidArgument: the file has a line that cannot be used.</exception>
    public HtpasswdFile(string path)
    {
        _path = path;
        _version = Version();
        _hashes = Parse(File.ReadAllLines(path), path);
    }

    /// <summary>The hash of a user; null when there is no such user.</summary>
    public string? HashOf(string user)
    {
        lock (_gate)
        {
            var version = Version();
            if (version != _version && File.Exists(_path))
            {
                // A file with a mistake leaves the users as they are: locking everybody out helps nobody.
                try
                {
                    _hashes = Parse(File.ReadAllLines(_path), _path);
                    Problem = null;
                }
                catch (Exception e) when (e is WharfException or IOException or UnauthorizedAccessException)
                {
                    Problem = e.Message;
                }

                _version = version;
            }

            return _hashes.GetValueOrDefault(user);
        }
    }

    /// <summary>Why the newest state of the file could not be taken; null when it was.</summary>
    public string? Problem { get; private set; }

    public static Dictionary<string, string> Parse(IEnumerable<string> lines, string path)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string raw in lines)
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw WharfException.Invalid($"{path}, line {number}: expected USER:HASH");
            }

            (string user, string hash) = (line[..colon], line[(colon + 1)..]);
            if (!Bcrypt.IsHash(hash))
            {
                throw WharfException.Invalid($"{path}, line {number}: user {user} has {Scheme(hash)}; only bcrypt is accepted (htpasswd -B)");
            }

            hashes[user] = hash;
        }

        return hashes;
    }

    private (DateTime, long) Version()
    {
        var file = new FileInfo(_path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private static string Scheme(string hash) =>
        hash.StartsWith("$apr1$", StringComparison.Ordinal) ? "an MD5 hash ($apr1$)"
        : hash.StartsWith("{SHA}", StringComparison.Ordinal) ? "a SHA-1 hash ({SHA})"
        : hash.StartsWith("$5$", StringComparison.Ordinal) || hash.StartsWith("$6$", StringComparison.Ordinal) ? "a SHA-2 crypt hash"
        : hash.StartsWith("$1$", StringComparison.Ordinal) ? "an MD5 crypt hash"
        : hash.StartsWith("$2", StringComparison.Ordinal) ? "a damaged bcrypt hash"
        : "a password in plain text or DES crypt";
}
