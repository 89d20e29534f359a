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

    /// <summary>A step that changes only the configuration; <paramref name="what"/> is its line in the history.</summary>
    public async Task ConfigureAsync(string what, CancellationToken ct)
    {
        string createdBy = "/bin/sh -c #(nop)  " + what;
        var key = Key("config").Add("instruction", what).Add("config", ConfigText());
        if (TryCached(key))
        {
            return;
        }

        var now = session.Clock.GetUtcNow();
        var history = new HistoryEntry { Created = Rfc3339.Format(now), CreatedBy = createdBy, Author = state.Config.Author, EmptyLayer = true };
        await FinishAsync(key, "config", what, await session.Images.CreateAsync(state.Image, state.CurrentConfig(now), history, ct), ct);
    }

    /// <summary>The start of a step's key: everything that is below it.</summary>
    public StepKey Key(string kind) => new StepKey().Add("parent", state.Image.ToString()).Add("kind", kind).Add("platform", session.Request.Platform ?? "");

    /// <summary>Takes the image of an earlier run of the same step. The first miss of a stage ends the search, as with Docker.</summary>
    public bool TryCached(StepKey key)
    {
        if (_missed)
        {
            return false;
        }

        if (session.Cache.Find(key.ToDigest()) is { } found && session.Images.TryGet(found, out var image))
        {
            state.Image = image.Id;
            state.Config = image.Config;
            state.Run = image.Config.Config ?? new RunConfig();
            output.Write(" ---> Using cache\n");
            SayImage();
            return true;
        }

        _missed = true;
        return false;
    }

    /// <summary>Commits the files of a workspace or container as the step's layer.</summary>
    public async Task CommitAsync(StepKey key, string kind, string createdBy, string workspaceId, CancellationToken ct)
    {
        var now = session.Clock.GetUtcNow();
        var history = new HistoryEntry { Created = Rfc3339.Format(now), CreatedBy = createdBy, Author = state.Config.Author };
        await FinishAsync(key, kind, createdBy, await session.Images.CommitAsync(workspaceId, state.CurrentConfig(now), history, ct), ct);
    }

    public void SayImage() => output.Write($" ---> {(state.Image.IsEmpty ? "" : state.Image.Short)}\n");

    private async Task FinishAsync(StepKey key, string kind, string description, Digest image, CancellationToken ct)
    {
        var now = session.Clock.GetUtcNow();
        await session.Cache.RememberAsync(new BuildCacheEntry(key.ToDigest(), state.Image, image, description, kind, now, now, 0, key.Parts), ct);
        state.Image = image;
        if (session.Images.TryGet(image, out var made))
        {
            state.Config = made.Config;
            state.Run = made.Config.Config ?? state.Run;
        }

        SayImage();
    }

    private string ConfigText() => Encoding.UTF8.GetString(OciImageJson.Write(state.CurrentConfig(DateTimeOffset.UnixEpoch) with { RootFs = null, History = null }));
}
