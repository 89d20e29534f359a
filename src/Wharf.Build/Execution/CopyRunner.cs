using System.Text;
using Wharf.Build.Copying;
using Wharf.Build.Dockerfile;
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
            Mode = copy.Chmod is { } chmod && expander.Expand(chmod) is { Length: > 0 } mode ? ModeOf(mode, chmod) : null,
            Exclude = copy.Excludes.Count > 0 ? IgnorePatterns.Of(copy.Excludes.Select(expander.Expand)) : null,
        };
        // A variable without a value asks for nothing.
        string? chown = copy.Chown is { } c && expander.Expand(c) is { Length: > 0 } owner ? owner : null;

        await using var from = await steps.Session.OpenAsync(copy.From, stage, steps.Output, ct);
        var sources = await new SourceResolver(steps.Session, from.Tree).ResolveAsync(copy, [.. copy.Sources.Select(expander.Expand)], Expand(copy), copy.Checksum is { } sum ? expander.Expand(sum) : null, look.Exclude, ct);
        if (sources.Count == 0)
        {
            throw DockerfileError.About(WharfException.Invalid($"{copy.Keyword} failed: no source files were specified: nothing matches {string.Join(' ', copy.Sources)}"), copy.Sources[0]);
        }

        if (sources.Count > 1 && !intoFolder && !sources.All(s => s.Unpack))
        {
            throw DockerfileError.About(
                WharfException.Invalid($"When using {copy.Keyword} with more than one source file, the destination must be a directory and end with a /"), copy.Destination);
        }

        var step = StepOf(copy, sources, destination, target, chown, look, ct);
        if (await steps.TryCachedAsync(step, ct))
        {
            return;
        }

        await using var workspace = await steps.Session.Workspaces.OpenAsync(steps.State.Image, ct);
        var root = new TargetTree(workspace.Root, workspace.Layer, followsLinks: !copy.Link);
        look = look with { Owner = chown is null ? null : OwnerLookup.Resolve(chown, root) };
        foreach (var source in sources)
        {
            await PlaceAsync(source, root, target, intoFolder, copy.Parents, look, ct);
        }

        await steps.CommitAsync(step, workspace.Id, keep: false, ct);
    }

    private Step StepOf(CopyInstruction copy, IReadOnlyList<CopySource> sources, string destination, string target, string? chown, CopyLook look, CancellationToken ct)
    {
        using var content = new ContentKey();
        foreach (var source in sources)
        {
            content.Add(source.Name);
            content.Add(source.Identity ?? "");
            if (source.Identity is null)
            {
                content.Add(new CopyItem(source.Tree, source.Path, copy.Parents ? source.PlacedPath : target), look, ct);
            }
        }

        string contentKey = content.Finish().Encoded;
        string chosen = sources.Count == 1 ? (sources[0].IsDirectory ? "dir:" : "file:") : "multi:";
        string createdBy = $"{steps.NoOperation()}{copy.Keyword} {(chown is null ? "" : $"--chown={chown} ")}{(copy.Chmod is null ? "" : $"--chmod={copy.Chmod} ")}{chosen}{contentKey} in {destination} ";
        var key = steps.Key("copy").Add("instruction", copy.Keyword).Add("content", contentKey).Add("target", destination).Add("workdir", steps.State.Run.WorkingDir ?? "")
            .Add("chown", chown ?? "").Add("chmod", copy.Chmod ?? "").Add("exclude", string.Join(',', copy.Excludes)).Add("parents", copy.Parents.ToString())
            .Add("unpack", copy.Unpack?.ToString() ?? "").Add("link", copy.Link.ToString());
        return new Step(key, "copy", createdBy) { Content = (contentKey, content.Listing.Write()), HasUnwrittenInputs = copy.Parents || copy.Unpack is not null };
    }

    private static async Task PlaceAsync(CopySource source, TargetTree root, string target, bool intoFolder, bool parents, CopyLook look, CancellationToken ct)
    {
        if (source.Unpack)
        {
            using (root.MakeDirectories(target, look.Owner ?? (0, 0), look.FolderMode))
            {
                // ADD unpacks below the destination, which becomes a folder
            }

            await ArchiveSource.UnpackAsync(source, root, target, look, ct);
            return;
        }

        string path = target;
        if (parents)
        {
            path = Join(target, source.PlacedPath);
        }
        else if (!source.IsDirectory && (intoFolder || root.IsDirectory(target)))
        {
            path = Join(target, source.Name);
        }

        TreeCopy.Copy(new CopyItem(source.Tree, source.Path, path), root, look, ct);
    }

    private static ModeChange ModeOf(string text, string written)
    {
        try
        {
            return ModeChange.Parse(text);
        }
        catch (WharfException e)
        {
            throw DockerfileError.About(e, written);
        }
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
}
