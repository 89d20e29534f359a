using System.Text;
using Wharf.Build.Copying;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>COPY and ADD: finds the sources, asks the cache with their content, copies into a fresh root and commits it.</summary>
internal sealed class CopyRunner(StepRunner steps, Stage stage)
{
    public async Task RunAsync(CopyInstruction copy, CancellationToken ct)
    {
        var expander = steps.State.Expander();
        string destination = expander.Expand(copy.Destination);
        string target = destination.StartsWith('/') ? destination : $"{steps.State.Run.WorkingDir}/{destination}";
        bool intoFolder = destination.EndsWith('/') || destination is "." || destination.EndsWith("/.", StringComparison.Ordinal);
        target = PathPattern.Clean(target.StartsWith('/') ? target : "/" + target);
        var look = new CopyLook
        {
            Mode = copy.Chmod is { } chmod ? ModeChange.Parse(expander.Expand(chmod)) : null,
            Exclude = copy.Excludes.Count > 0 ? IgnorePatterns.Of(copy.Excludes.Select(expander.Expand)) : null,
        };
        string? chown = copy.Chown is { } c ? expander.Expand(c) : null;

        await using var from = await OpenSourceAsync(copy, ct);
        var sources = await new SourceResolver(steps.Session, from.Tree).ResolveAsync(copy, [.. copy.Sources.Select(expander.Expand)], Expand(copy), ct);
        if (sources.Count == 0)
        {
            throw WharfException.Invalid($"{copy.Keyword} failed: no source files were specified");
        }

        if (sources.Count > 1 && !intoFolder)
        {
            throw WharfException.Invalid($"When using {copy.Keyword} with more than one source file, the destination must be a directory and end with a /");
        }

        using var content = new ContentKey();
        foreach (var source in sources)
        {
            content.Add(source.Name);
            content.Add(new CopyItem(source.Tree, source.Path, target), look, ct);
        }

        string contentKey = content.Finish().Encoded;
        string chosen = sources.Count == 1 ? (sources[0].IsDirectory ? "dir:" : "file:") : "multi:";
        string createdBy = $"/bin/sh -c #(nop) {copy.Keyword} {(chown is null ? "" : $"--chown={chown} ")}{chosen}{contentKey} in {destination} ";
        var key = steps.Key("copy").Add("instruction", copy.Keyword).Add("content", contentKey).Add("target", destination).Add("workdir", steps.State.Run.WorkingDir ?? "")
            .Add("chown", chown ?? "").Add("chmod", copy.Chmod ?? "").Add("exclude", string.Join(',', copy.Excludes)).Add("parents", copy.Parents.ToString()).Add("unpack", copy.Unpack?.ToString() ?? "");
        if (steps.TryCached(key))
        {
            return;
        }

        await using var workspace = await steps.Session.Workspaces.OpenAsync(steps.State.Image, ct);
        var root = new TargetTree(workspace.Root);
        look = look with { Owner = chown is null ? null : OwnerLookup.Resolve(chown, root) };
        foreach (var source in sources)
        {
            await PlaceAsync(source, root, target, intoFolder, copy.Parents, look, ct);
        }

        await steps.CommitAsync(key, "copy", createdBy, workspace.Id, ct);
    }

    private static async Task PlaceAsync(CopySource source, TargetTree root, string target, bool intoFolder, bool parents, CopyLook look, CancellationToken ct)
    {
        if (source.Unpack)
        {
            using (root.MakeDirectories(target, look.Owner ?? (0, 0)))
            {
                // ADD unpacks below the destination, which becomes a folder
            }

            await ArchiveSource.UnpackAsync(source, root, target, look, ct);
            return;
        }

        string path = target;
        if (parents)
        {
            path = Join(target, source.Path);
        }
        else if (!source.IsDirectory && (intoFolder || root.IsDirectory(target)))
        {
            path = Join(target, source.Name);
        }

        TreeCopy.Copy(new CopyItem(source.Tree, source.Path, path), root, look, ct);
    }

    private static string Join(string folder, string name) => folder == "/" ? "/" + name : folder + "/" + name;

    private IReadOnlyList<(string Name, byte[] Content)> Expand(CopyInstruction copy) =>
        [.. copy.Heredocs.Select(h => (h.Name, Encoding.UTF8.GetBytes(h.Expand ? ExpandHeredoc(h.Content) : h.Content)))];

    // Variables are replaced in a here-document, quotes are not touched.
    private string ExpandHeredoc(string content)
    {
        string marked = content.Replace("\"", "\ue000", StringComparison.Ordinal).Replace("'", "\ue001", StringComparison.Ordinal);
        return steps.State.Expander().Expand(marked).Replace("\ue000", "\"", StringComparison.Ordinal).Replace("\ue001", "'", StringComparison.Ordinal);
    }

    private async Task<OpenedSource> OpenSourceAsync(CopyInstruction copy, CancellationToken ct)
    {
        var session = steps.Session;
        if (copy.From is not { } from)
        {
            return new OpenedSource(session.Request.Context, null);
        }

        var image = session.Stages.Find(from, stage.Index) is { } earlier
            ? (await session.Results[earlier.Index]).Image
            : (await session.Images.ResolveAsync(from, session.Request.Platform, session.Request.Pull, steps.Output, ct)).Id;
        var workspace = await session.Workspaces.OpenReadOnlyAsync(image, ct);
        return new OpenedSource(new SourceTree(workspace.Root, null, keepOwners: true), workspace);
    }

    private sealed record OpenedSource(SourceTree? Tree, IBuildWorkspace? Workspace) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Workspace?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
