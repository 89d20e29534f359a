using System.Text.Json;
using Wharf.Cli.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Framework.Progress;
using Wharf.Cli.Registry;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds.Outputs;

/// <summary>Brings the result of a build to where the outputs want it.</summary>
internal sealed class OutputWriter(CliContext cli, OutputPlan plan, IReadOnlyList<string> allTags, string imageId, bool quiet)
{
    /// <summary>Digest under which a registry has the image; null when it was not pushed.</summary>
    public string? PushedDigest { get; private set; }

    public async Task WriteAsync(CancellationToken ct)
    {
        foreach (OutputSpec spec in plan.Specs)
        {
            switch (spec.Type)
            {
                case "image" or "registry" when spec.Push:
                    foreach (string tag in plan.Tags)
                    {
                        await PushAsync(ImageReference.Parse(tag).WithDefaultTag(), ct);
                    }

                    break;
                case "tar":
                    await FilesAsync(archive => OutputFile.WriteAsync(cli, spec.Destination, archive, "failed to write the files", ct), ct);
                    break;
                case "local":
                    string folder = spec.SplitsPlatforms ? Path.Combine(spec.Destination, await PlatformFolderAsync(ct)) : spec.Destination;
                    await FilesAsync(archive => Task.Run(() => Unpack(archive, folder), ct), ct);
                    break;
                case "oci" or "docker" when spec.Type == "oci" || spec.HasDestination:
                    await SaveAsync(spec, ct);
                    break;
            }
        }
    }

    private async Task PushAsync(ImageReference image, CancellationToken ct)
    {
        using EngineReply reply = await cli.Client.PushImageAsync(image.FamiliarName, new Query { { "tag", image.Tag } }, Credentials.HeaderFor(cli, image), ct);
        var display = quiet ? new ProgressDisplay(new Framework.Terminal.TextOutput(Stream.Null, false), () => 0, cli.Clock) : ProgressDisplay.On(cli.Error, cli);
        await display.ShowAsync(reply.Body, aux => PushedDigest = aux.Text("Digest") is { Length: > 0 } digest ? digest : PushedDigest, ct);
    }

    private async Task FilesAsync(Func<Stream, Task> write, CancellationToken ct)
    {
        using EngineReply reply = await cli.Client.SendAsync("GET", "/build/files" + new Query { { "image", imageId } }, null, ct);
        await write(reply.Body);
    }

    private static void Unpack(Stream archive, string folder)
    {
        Directory.CreateDirectory(folder);
        ArchiveExtractor.Extract(archive, CopyTarget.Whole(Path.GetFullPath(folder)), keepOwner: Environment.IsPrivilegedProcess);
    }

    /// <summary><c>linux_amd64</c>, as the image says it.</summary>
    private async Task<string> PlatformFolderAsync(CancellationToken ct)
    {
        using var image = JsonDocument.Parse(await cli.Client.InspectImageRawAsync(imageId, [], ct));
        JsonElement root = image.RootElement;
        return string.Join('_', new[] { root.Text("Os"), root.Text("Architecture"), root.Text("Variant") }.Where(p => p.Length > 0));
    }

    private async Task SaveAsync(OutputSpec spec, CancellationToken ct)
    {
        // An archive names what it holds; without a name of its own the image goes by its id.
        List<string> names = [.. spec.Names.Concat(allTags).Distinct(StringComparer.Ordinal)];
        bool temporary = !plan.Specs.Any(s => s.KeepsImage);
        var added = new List<string>();
        foreach (string name in names)
        {
            ImageReference reference = ImageReference.Parse(name).WithDefaultTag();
            if (!temporary && plan.Tags.Contains(name))
            {
                continue;
            }

            if (await IsTakenAsync(reference, ct))
            {
                throw new CommandException($"the archive cannot be given the name {name}, which another image of the engine has: name it with -t and --load, or choose another name");
            }

            await cli.Client.TagImageAsync(imageId, reference.FamiliarName, reference.Tag!, ct);
            added.Add(reference.Familiar);
        }

        try
        {
            using EngineReply reply = await cli.Client.SaveImagesAsync(new Query { { "names", names.Count > 0 ? names : [imageId] } }, ct);
            if (spec.IsArchive)
            {
                await OutputFile.WriteAsync(cli, spec.Destination, reply.Body, "failed to save image", ct);
            }
            else
            {
                Unpack(reply.Body, spec.Destination);
            }
        }
        finally
        {
            foreach (string name in added)
            {
                await cli.Client.RemoveImageAsync(name, new Query { { "noprune", "1" } }, CancellationToken.None);
            }
        }
    }

    private async Task<bool> IsTakenAsync(ImageReference reference, CancellationToken ct)
    {
        try
        {
            byte[] json = await cli.Client.InspectImageRawAsync(reference.Familiar, [], ct);
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Text("Id") != imageId;
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
        {
            return false;
        }
    }
}
