using Wharf.Build.Copying;

namespace Wharf.Build.Execution;

/// <summary>What a name of <c>--build-context</c> stands for: one of the members is set.</summary>
public sealed record NamedContext
{
    /// <summary>An image (<c>docker-image://</c>), a digest or name as FROM takes it.</summary>
    public string? Image { get; init; }

    /// <summary>Files: a folder, repository or archive that was fetched before the build.</summary>
    public SourceTree? Files { get; init; }

    /// <summary>What stands for the files in cache keys when their content need not be read: a commit.</summary>
    public string? Identity { get; init; }

    /// <summary>Tells when what was fetched was made; null for files of the client's.</summary>
    public Func<CancellationToken, Task<DateTimeOffset?>>? Time { get; init; }
}
