namespace Wharf.Build.Attestations.Packages;

/// <summary>A package that the files of an image tell of.</summary>
/// <param name="Name">As its own package manager calls it.</param>
/// <param name="Version">Empty when nothing says it.</param>
/// <param name="Url">Package URL.</param>
/// <param name="Origin">The file that tells of it, absolute in the image.</param>
internal sealed record FoundPackage(string Name, string Version, string Url, string Origin)
{
    /// <summary>An SPDX licence expression, or whatever the package says of its licence.</summary>
    public string? License { get; init; }

    /// <summary>Who makes it, as the package says.</summary>
    public string? Supplier { get; init; }

    public string? Homepage { get; init; }

    public string? Description { get; init; }
}
