namespace Wharf.Cli.Builds;

/// <summary>Folders of this machine that a build is made of.</summary>
/// <param name="Root">The build context.</param>
/// <param name="Named">Further contexts by name.</param>
/// <param name="DockerfileName">What a Dockerfile from outside of the folder is called in the archive.</param>
/// <param name="Outside">Its text; null when it lies in the folder.</param>
/// <param name="Rules">Its own .dockerignore; null when it has none.</param>
internal sealed record LocalFolders(string Root, IReadOnlyDictionary<string, string> Named, string? DockerfileName, byte[]? Outside, byte[]? Rules)
{
    public IEnumerable<string> All => Named.Values.Prepend(Root);

    /// <summary>What the folders do not have.</summary>
    public Stream Archive() => Rules is null
        ? BuildContext.Archive((DockerfileName!, Outside!))
        : BuildContext.Archive((DockerfileName!, Outside!), (DockerfileName + ".dockerignore", Rules));
}
