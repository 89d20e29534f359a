using Wharf.Oci.Images;

namespace Wharf.Images.Transfers;

/// <summary>What <c>/distribution/NAME/json</c> tells.</summary>
public sealed record DistributionInfo(Descriptor Descriptor, IReadOnlyList<Platform> Platforms);

/// <summary>The outcome of a login: "Login Succeeded" and the refresh token, if any.</summary>
public sealed record LoginResult(string Status, string IdentityToken);

/// <summary>One repository found by a search.</summary>
public sealed record SearchResult(string Name, string Description, int StarCount, bool IsOfficial, bool IsAutomated);
