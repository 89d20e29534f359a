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
internal sealed class OutputWriter(CliContext cli, OutputPlan plan, string imageId, bool quiet)
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
        using EngineReply reply = await cli.Client.SaveImagesAsync(new Query { { "names", plan.Tags.Count > 0 ? plan.Tags : [imageId] } }, ct);
        if (spec.IsArchive)
        {
            await OutputFile.WriteAsync(cli, spec.Destination, reply.Body, "failed to save image", ct);
        }
        else
        {
            Unpack(reply.Body, spec.Destination);
        }
    }
}
