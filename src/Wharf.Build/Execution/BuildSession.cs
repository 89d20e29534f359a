using Wharf.Build.Attestations;
using Wharf.Build.Cache;
using Wharf.Build.Copying;
using Wharf.Build.Mounts;
using Wharf.Build.Stages;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>What all stages of one build share.</summary>
internal sealed class BuildSession
{
    public required BuildRequest Request { get; init; }

    public required StageList Stages { get; init; }

    public required BuildArguments Arguments { get; init; }

    public required IBuildImages Images { get; init; }

    public required IBuildWorkspaces Workspaces { get; init; }

    public required IBuildCache Cache { get; init; }

    public required TrustedImages TrustedImages { get; init; }

    public required CacheMounts CacheMounts { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>What is made now is dated so.</summary>
    public DateTimeOffset Created => Request.Epoch ?? Clock.GetUtcNow();

    /// <summary>What the build used and did.</summary>
    public required BuildRecord Record { get; init; }

    /// <summary>A folder of this build alone, removed with everything in it at the end.</summary>
    public required string TemporaryFolder { get; init; }

    /// <summary>Running and finished stages; set before the first begins.</summary>
    public RunningStages Running { get; set; } = null!;

    private readonly System.Collections.Concurrent.ConcurrentBag<IDisposable> _owned = [];

    /// <summary>Takes something that is closed at the end of the build.</summary>
    public void Own(IDisposable thing) => _owned.Add(thing);

    /// <summary>Closes what stages took open; called once none of them runs.</summary>
    public void Close()
    {
        foreach (var thing in _owned)
        {
            thing.Dispose();
        }
    }

    public string NewTemporaryPath() => Path.Combine(TemporaryFolder, Guid.NewGuid().ToString("N"));

    /// <summary>
    /// The files that <c>from</c> names in a stage: a named context, an earlier stage, an image; without a name the build context.
    /// </summary>
    /// <exception cref="WharfException">InvalidArgument: no build context.</exception>
    public async Task<OpenedTree> OpenAsync(string? from, Stage stage, IBuildOutput output, CancellationToken ct)
    {
        if (from is null)
        {
            return new OpenedTree(Request.Context, null);
        }

        if (Request.NamedContexts.TryGetValue(from, out var context))
        {
            return context.Files is { } files ? new OpenedTree(files, null) : await OpenImageAsync(await ImageOfAsync(context.Image!, output, ct), ct);
        }

        if (Stages.Find(from, stage.Index) is not { } earlier)
        {
            return await OpenImageAsync(await ImageOfAsync(from, output, ct), ct);
        }

        var finished = await Running.ResultOf(earlier, stage);
        return await OpenImageAsync(finished.Image, ct);
    }

    /// <summary>The image that <c>from</c> names in a stage: a named context, an earlier stage, an image; null for a context of files.</summary>
    public async Task<BuildImage?> FindImageAsync(string from, Stage stage, IBuildOutput output, CancellationToken ct)
    {
        if (Request.NamedContexts.TryGetValue(from, out var context))
        {
            return context.Image is { } named ? await ResolveAsync(named, Request.Platform, output, ct) : null;
        }

        if (Stages.Find(from, stage.Index) is not { } earlier)
        {
            return await ResolveAsync(from, Request.Platform, output, ct);
        }

        var finished = await Running.ResultOf(earlier, stage);
        return new BuildImage(finished.Image, finished.Config);
    }

    /// <summary>An image from outside of the build, which is noted.</summary>
    public async Task<BuildImage> ResolveAsync(string name, string? platform, IBuildOutput output, CancellationToken ct)
    {
        BuildImage image = await Images.ResolveAsync(name, platform, Request.Pull, output, ct);
        if (ImageReference.TryParse(name, out ImageReference? reference))
        {
            Digest manifest = Images.ManifestOf(image.Id);
            Record.Add(new BuildMaterial(PackageUrl.OfImage(reference, image.Config.Platform), manifest.Algorithm, manifest.Encoded));
        }

        return image;
    }

    private async Task<Digest> ImageOfAsync(string name, IBuildOutput output, CancellationToken ct) => (await ResolveAsync(name, Request.Platform, output, ct)).Id;

    private async Task<OpenedTree> OpenImageAsync(Digest image, CancellationToken ct)
    {
        var workspace = await Workspaces.OpenReadOnlyAsync(image, ct);
        return new OpenedTree(new FolderTree(workspace.Root, null, keepOwners: true), workspace);
    }
}

/// <summary>Files to copy from, and what has to be closed after it. The tree is null when there is no build context.</summary>
internal sealed record OpenedTree(SourceTree? Tree, IBuildWorkspace? Workspace) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Workspace?.DisposeAsync() ?? ValueTask.CompletedTask;
}
