using System.Buffers;
using Wharf.Api.Versions;
using Wharf.Primitives;

namespace Wharf.Api.Server.Routing;

/// <summary>A request's path: the version prefix, if there is one, and the segments behind it.</summary>
internal readonly struct RequestPath
{
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    private RequestPath(string? versionText, string[] segments)
    {
        VersionText = versionText;
        Segments = segments;
    }

    /// <summary>What stood behind <c>/v</c>; null for a path without a version.</summary>
    public string? VersionText { get; }

    public string[] Segments { get; }

    public static RequestPath Parse(string path)
    {
        // "/networks/" is an old alias of "/networks"; one slash at the end means nothing elsewhere either.
        ReadOnlySpan<char> rest = path.AsSpan().TrimStart('/');
        if (path.Length - rest.Length != 1)
        {
            return new RequestPath(null, []);
        }

        string[] segments = (rest.EndsWith("/") ? rest[..^1] : rest).ToString().Split('/');
        string first = segments[0];
        bool versioned = first.Length > 1 && first[0] == 'v' && first.AsSpan(1).IndexOfAnyExcept(VersionCharacters) < 0;
        return versioned ? new RequestPath(first[1..], segments[1..]) : new RequestPath(null, segments);
    }

    /// <summary>The version to speak; refuses what this server does not serve, in the words of Docker's engine.</summary>
    public ApiVersion ResolveVersion()
    {
        if (VersionText is null)
        {
            return ApiVersion.Newest;
        }

        if (!ApiVersion.TryParse(VersionText, out ApiVersion version))
        {
            throw WharfException.Invalid($"invalid API version: {VersionText}");
        }

        return version > ApiVersion.Newest
            ? throw WharfException.Invalid($"client version {VersionText} is too new. Maximum supported API version is {ApiVersion.Newest}")
            : version < ApiVersion.Oldest
            ? throw WharfException.Invalid($"client version {VersionText} is too old. Minimum supported API version is {ApiVersion.Oldest}, please upgrade your client to a newer version")
            : version;
    }
}
