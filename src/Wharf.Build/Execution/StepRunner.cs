using System.Text;
using Wharf.Build.Cache;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>What every step does whatever it is: look into the cache, make the image, remember it, say so.</summary>
internal sealed class StepRunner(BuildSession session, StageState state, IBuildOutput output, bool useCache)
{
    private bool _missed = !useCache;

    public StageState State => state;

    public BuildSession Session => session;

    public IBuildOutput Output => output;

    /// <summary>False while the triggers of a base image run: Docker shows one image for all of them.</summary>
    public bool ShowsImages { get; set; } = true;

    /// <summary>The newest step was taken from the cache.</summary>
    public bool WasCached { get; set; }

    /// <summary>A step that changes only the configuration; <paramref name="what"/> is its line in the history.</summary>
    public async Task ConfigureAsync(string what, CancellationToken ct)
    {
        var step = new Step(Key("config").Add("instruction", what).Add("config", ConfigText()), "config", NoOperation() + " " + what, IsEmpty: true);
        if (await TryCachedAsync(step, ct))
        {
            return;
        }

        // No container is needed for it; the lines are what scripts expect of the classic builder.
        string id = ObjectId.Shorten(ObjectId.New());
        output.Write($" ---> Running in {id}\n");
        var now = session.Created;
        var history = new HistoryEntry { Created = Rfc3339.Format(now), CreatedBy = step.CreatedBy, Author = state.Config.Author, EmptyLayer = true };
        var image = await session.Images.CreateAsync(state.Image, state.CurrentConfig(now), history, ct);
        SayRemoved(id);
        await FinishAsync(step, image, ct);
    }

    /// <summary>How a history line begins that no command made: with the shell that would have run it, as Docker writes it.</summary>
    public string NoOperation() => string.Join(' ', state.Shell) + " #(nop) ";

    /// <summary>The start of a step's key: everything that is below it.</summary>
    public StepKey Key(string kind)
    {
        var key = new StepKey().Add("parent", state.Image.ToString()).Add("kind", kind).Add("platform", session.Request.Platform ?? "");
        return session.Request.Epoch is { } epoch ? key.Add("epoch", $"{epoch.ToUnixTimeSeconds()}{(session.Request.RewriteTimestamps ? " rewritten" : "")}") : key;
    }

    /// <summary>Takes the image of an earlier run of the same step. The first miss of a stage ends the search, as with Docker.</summary>
    public async Task<bool> TryCachedAsync(Step step, CancellationToken ct)
    {
        if (_missed)
        {
            return false;
        }

        if (session.Cache.Find(step.Key.ToDigest()) is { } found && session.Images.TryGet(found, out var image))
        {
            Note(step, found);
            Take(image);
            WasCached = true;
            output.Write(" ---> Using cache\n");
            SayImage();
            return true;
        }

        if (await TryImportedAsync(step, ct))
        {
            return true;
        }

        if (!step.HasUnwrittenInputs && session.TrustedImages.Find(state.Config, step.CreatedBy, step.IsEmpty) is { } trusted && await AdoptAsync(step, trusted, ct))
        {
            return true;
        }

        _missed = true;
        if (session.Request.Explain)
        {
            output.WriteLog($" ---> Cache miss: {new MissExplanation(session.Cache).Explain(step.Key, step.Content?.Listing)}\n");
        }

        return false;
    }

    /// <summary>Commits the files of a workspace or container as the step's layer.</summary>
    /// <param name="step">Which.</param>
    /// <param name="workspaceId">Whose files.</param>
    /// <param name="keep">The workspace lives on.</param>
    /// <param name="ct">Ends it.</param>
    public async Task CommitAsync(Step step, string workspaceId, bool keep, CancellationToken ct)
    {
        var now = session.Created;
        var history = new HistoryEntry { Created = Rfc3339.Format(now), CreatedBy = step.CreatedBy, Author = state.Config.Author };
        await FinishAsync(step, await session.Images.CommitAsync(workspaceId, state.CurrentConfig(now), history, keep, ct), ct);
    }

    public void SayImage()
    {
        if (ShowsImages)
        {
            output.Write($" ---> {(state.Image.IsEmpty ? "" : state.Image.Short)}\n");
        }
    }

    public void SayRemoved(string shortId)
    {
        if (session.Request.Remove)
        {
            output.Write($"Removing intermediate container {shortId}\n");
        }
    }

    /// <summary>The key is the same wherever the step was run, so what a named cache has under it is what would come out here.</summary>
    private async Task<bool> TryImportedAsync(Step step, CancellationToken ct)
    {
        if (session.Request.Imports is not { } imports || await imports.FindAsync(step.Key.ToDigest(), ct) is not { } image)
        {
            return false;
        }

        WasCached = true;
        output.Write(" ---> Using cache\n");
        await FinishAsync(step, image, ct);
        return true;
    }

    private async Task<bool> AdoptAsync(Step step, TrustedStep trusted, CancellationToken ct)
    {
        var created = DateTimeOffset.TryParse(trusted.History.Created, System.Globalization.CultureInfo.InvariantCulture, out var then) ? then : session.Clock.GetUtcNow();
        try
        {
            // Only the layer is taken over: the configuration is what this Dockerfile makes of it.
            var config = state.CurrentConfig(created);
            var image = step.IsEmpty
                ? await session.Images.CreateAsync(state.Image, config, trusted.History, ct)
                : await session.Images.AdoptAsync(state.Image, config, trusted.History, trusted.Layer, ct);
            WasCached = true;
            output.Write(" ---> Using cache\n");
            await FinishAsync(step, image, ct);
            return true;
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
        {
            return false; // its layers were removed meanwhile
        }
    }

    private async Task FinishAsync(Step step, Digest image, CancellationToken ct)
    {
        var entry = Note(step, image);
        await session.Cache.RememberAsync(entry, step.Content, ct);
        state.Image = image;
        if (session.Images.TryGet(image, out var made))
        {
            Take(made);
        }

        SayImage();
    }

    private BuildCacheEntry Note(Step step, Digest image)
    {
        var now = session.Clock.GetUtcNow();
        var entry = new BuildCacheEntry(step.Key.ToDigest(), state.Image, image, step.CreatedBy, step.Kind, now, now, 0, step.Key.Parts);
        session.Record.Add(entry);
        return entry;
    }

    private void Take(BuildImage image)
    {
        state.Image = image.Id;
        state.Config = image.Config;
        state.Run = image.Config.Config ?? new RunConfig();
    }

    private string ConfigText() => Encoding.UTF8.GetString(OciImageJson.Write(state.CurrentConfig(DateTimeOffset.UnixEpoch) with { RootFs = null, History = null }));
}

/// <summary>A step about to be looked up or made.</summary>
/// <param name="Key">All that decides its outcome.</param>
/// <param name="Kind">config, run, copy or workdir.</param>
/// <param name="CreatedBy">Its line in the history.</param>
/// <param name="IsEmpty">It makes no layer.</param>
internal sealed record Step(StepKey Key, string Kind, string CreatedBy, bool IsEmpty = false)
{
    /// <summary>The history line does not tell all inputs, so no image's history can stand for the step.</summary>
    public bool HasUnwrittenInputs { get; init; }

    /// <summary>For steps that copy: content key and listing.</summary>
    public (string Key, byte[] Listing)? Content { get; init; }
}
