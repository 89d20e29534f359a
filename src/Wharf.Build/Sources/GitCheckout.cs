using System.Globalization;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Sources;

/// <summary>The files of one commit on disk.</summary>
/// <param name="Path">The folder that was asked for.</param>
/// <param name="Commit">Forty hexadecimal digits, or 64 of a repository that uses SHA-256.</param>
/// <param name="Time">When the commit was made.</param>
public sealed record GitCheckout(string Path, string Commit, DateTimeOffset Time)
{
    private const int Sha256Digits = 64;

    /// <summary>What <see cref="Commit"/> is a digest by, as materials name it.</summary>
    public string Algorithm => Commit.Length == Sha256Digits ? "sha256" : "sha1";

    /// <summary>Fetches what is asked for, as shallow as the remote allows, and takes it out.</summary>
    /// <param name="source">The repository.</param>
    /// <param name="folder">Does not exist yet; it stays the caller's, also after a failure.</param>
    /// <param name="secrets">Secrets of the build, for GIT_AUTH_TOKEN and its kin.</param>
    /// <param name="ct">Ends git.</param>
    /// <exception cref="WharfException">InvalidArgument with git's own words; another commit than the checksum says; a folder that is not there.</exception>
    public static async Task<GitCheckout> MakeAsync(GitSource source, string folder, IReadOnlyDictionary<string, byte[]> secrets, CancellationToken ct)
    {
        string home = folder + ".home", work = System.IO.Path.Combine(folder, "work");
        Directory.CreateDirectory(work);
        Directory.CreateDirectory(home);
        try
        {
            var git = new GitProgram(work, home, source.Remote, SourceSecrets.GitHeader(secrets, HostOf(source.Remote)));
            await BeginAsync(git, source, "sha1", ct);
            try
            {
                await FetchAsync(git, source, ct);
            }
            catch (WharfException e) when (e.Message.Contains("mismatched algorithms", StringComparison.Ordinal))
            {
                // Which digests a repository uses is only known once it is asked (gitprotocol-capabilities(5), "object-format").
                Directory.Delete(System.IO.Path.Combine(work, ".git"), recursive: true);
                await BeginAsync(git, source, "sha256", ct);
                await FetchAsync(git, source, ct);
            }

            await git.RunAsync(["checkout", "--quiet", "--detach", "FETCH_HEAD"], ct);
            string[] head = (await git.RunAsync(["show", "--no-patch", "--format=%H %ct", "HEAD"], ct)).Trim().Split(' ');
            string commit = head[0];
            if (source.Checksum is { } expected && !commit.StartsWith(expected, StringComparison.Ordinal))
            {
                throw WharfException.Invalid($"expected checksum to match {expected}, got {commit}");
            }

            if (source.Submodules && File.Exists(System.IO.Path.Combine(work, ".gitmodules")))
            {
                await git.RunAsync(["submodule", "update", "--init", "--recursive", "--depth=1"], ct);
            }

            if (!source.KeepGitDirectory)
            {
                RemoveGitFolders(work);
            }

            return new GitCheckout(Inside(work, source), commit, DateTimeOffset.FromUnixTimeSeconds(long.Parse(head[1], CultureInfo.InvariantCulture)));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task BeginAsync(GitProgram git, GitSource source, string format, CancellationToken ct)
    {
        await git.RunAsync(["init", "--quiet", "--template=", "--object-format=" + format], ct);
        await git.RunAsync(["remote", "add", "origin", source.Remote], ct);
    }

    private static async Task FetchAsync(GitProgram git, GitSource source, CancellationToken ct)
    {
        string wanted = source.Ref ?? "HEAD";
        try
        {
            try
            {
                await git.RunAsync(["fetch", "--quiet", "--depth=1", "--no-tags", "--", "origin", wanted], ct);
            }
            catch (WharfException e) when (!IsCommit(wanted) && e.Message.Contains("shallow", StringComparison.Ordinal))
            {
                // A plain web server cannot leave a part of the history out (gitprotocol-http(5), "dumb clients").
                await git.RunAsync(["fetch", "--quiet", "--no-tags", "--", "origin", wanted], ct);
            }
        }
        catch (WharfException) when (IsCommit(wanted))
        {
            // Many servers give single commits only with what leads to them.
            await git.RunAsync(["fetch", "--quiet", "--tags", "--", "origin", "+refs/heads/*:refs/remotes/origin/*"], ct);
            string commit = await CommitAsync(git, wanted, source.Remote, ct);
            await File.WriteAllTextAsync(System.IO.Path.Combine(git.WorkFolder, ".git", "FETCH_HEAD"), commit + "\n", ct);
        }
        catch (WharfException e) when (e.Message.Contains("couldn't find remote ref", StringComparison.Ordinal))
        {
            throw NoRef(source.Remote, wanted, e);
        }
    }

    private static async Task<string> CommitAsync(GitProgram git, string wanted, string remote, CancellationToken ct)
    {
        try
        {
            return (await git.RunAsync(["rev-parse", "--verify", "--quiet", wanted + "^{commit}"], ct)).Trim();
        }
        catch (WharfException e)
        {
            throw NoRef(remote, wanted, e);
        }
    }

    private static WharfException NoRef(string remote, string wanted, WharfException cause) =>
        WharfException.Invalid($"repository does not contain ref {wanted}: {Attestations.SecretFilter.CleanAddress(remote)}", cause);

    private static bool IsCommit(string text) => text.Length is >= 7 and <= 64 && text.All(char.IsAsciiHexDigitLower);

    private static string HostOf(string remote) => Uri.TryCreate(remote, UriKind.Absolute, out var address) ? address.Host : remote.Split('@')[^1].Split(':')[0];

    // A link in the place of the folder, or on the way to it, could lead out of the repository (CVE-2026-33748).
    private static string Inside(string work, GitSource source)
    {
        if (source.Subfolder.Length == 0)
        {
            return work;
        }

        FileCalls.Open(work, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out var root).ThrowIfError("open", work);
        using (root)
        {
            var errno = FileCalls.OpenAt2(root, source.Subfolder, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec,
                ResolveFlags.Beneath | ResolveFlags.NoSymlinks, out var folder);
            folder.Dispose();
            return errno == Errno.None ? System.IO.Path.Combine(work, source.Subfolder)
                : throw WharfException.Invalid($"the folder {source.Subfolder} is not a directory of the repository {source.Remote}");
        }
    }

    private static void RemoveGitFolders(string work)
    {
        // In a submodule it is a file that points to the outer one's folder.
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string path in Directory.EnumerateFileSystemEntries(work, ".git", options).ToList())
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }
}
