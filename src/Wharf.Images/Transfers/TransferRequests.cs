using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Transfers;

/// <summary>What to pull.</summary>
public sealed record PullRequest
{
    /// <summary>With tag or digest; without either, <c>latest</c> unless <see cref="AllTags"/>.</summary>
    public required ImageReference Reference { get; init; }

    /// <summary>Every tag of the repository.</summary>
    public bool AllTags { get; init; }

    /// <summary>Null for the host's.</summary>
    public Platform? Platform { get; init; }

    public RegistryCredentials? Credentials { get; init; }
}

/// <summary>What to push.</summary>
public sealed record PushRequest
{
    public required ImageReference Reference { get; init; }

    /// <summary>Every local tag of the repository.</summary>
    public bool AllTags { get; init; }

    /// <summary>This image instead of the one of that name, which then need not be a name here.</summary>
    public Digest Image { get; init; }

    /// <summary>No tag is set in the registry: the image is there by its digest alone.</summary>
    public bool ByDigest { get; init; }

    public LayerPacking Packing { get; init; } = LayerPacking.Usual;

    public Platform? Platform { get; init; }

    public RegistryCredentials? Credentials { get; init; }
}

/// <summary>What to save.</summary>
public sealed record SaveRequest
{
    /// <summary>References, repositories (all their tags) or ids.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Of these platforms; empty for any.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];

    public LayerPacking Packing { get; init; } = LayerPacking.Usual;
}

/// <summary>What to import.</summary>
public sealed record ImportRequest
{
    /// <summary>The tar, plain or compressed; null when <see cref="SourceUrl"/> names it.</summary>
    public Stream? Source { get; init; }

    /// <summary>http or https address to fetch the tar from.</summary>
    public string? SourceUrl { get; init; }

    public ImageReference? Tag { get; init; }

    public string Message { get; init; } = "";

    /// <summary>The run configuration after Dockerfile-style changes were applied (the builder parses those).</summary>
    public RunConfig? Config { get; init; }

    public Platform? Platform { get; init; }
}

/// <summary>
/// Credentials for one registry, as the X-Registry-Auth header carries them. They go to that registry and to the token server it
/// names, and nowhere else.
/// </summary>
public sealed record RegistryCredentials
{
    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>A refresh token in place of a password.</summary>
    public string IdentityToken { get; init; } = "";

    /// <summary>A bearer token to use as it is.</summary>
    public string RegistryToken { get; init; } = "";

    public string ServerAddress { get; init; } = "";

    // Secrets must not reach logs through a record's generated text.
    public override string ToString() => $"credentials of {Username} at {ServerAddress}";
}
