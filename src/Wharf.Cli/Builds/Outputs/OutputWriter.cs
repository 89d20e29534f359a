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
/// <param name="cli">The program.</param>
/// <param name="plan">Where it goes.</param>
/// <param name="imageId">The result.</param>
/// <param name="attested">The build attested something, which goes along with files.</param>
/// <param name="quiet">Show no progress.</param>
internal sealed class OutputWriter(CliContext cli, OutputPlan plan, string imageId, bool attested, bool quiet)
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
                    foreach (string name in spec.ByDigest ? spec.Names : plan.Tags)
                    {
                        await PushAsync(spec, ImageReference.Parse(name), ct);
                    }

                    break;
                case "tar":
                    await FilesAsync(spec, archive => OutputFile.WriteAsync(cli, spec.Destination, archive, "failed to write the files", ct), ct);
                    break;
                case "local":
                    string folder = spec.SplitsPlatforms ? Path.Combine(spec.Destination, await PlatformFolderAsync(ct)) : spec.Destination;
                    await FilesAsync(spec, archive => UnpackAsync(archive, folder, ct), ct);
                    break;
                case "oci" or "docker" when spec.Type == "oci" || spec.HasDestination:
                    await SaveAsync(spec, ct);
                    break;
            }
        }
    }

    private async Task PushAsync(OutputSpec spec, ImageReference name, CancellationToken ct)
    {
        ImageReference image = name.WithDefaultTag();
        Query query = spec.Packing.AddTo(new Query { { "tag", spec.ByDigest ? null : image.Tag }, { "image", spec.ByDigest ? imageId : null }, { "bydigest", spec.ByDigest } });
        using EngineReply reply = await cli.Client.PushImageAsync(image.FamiliarName, query, Credentials.HeaderFor(cli, image), ct);
        var display = quiet ? new ProgressDisplay(new Framework.Terminal.TextOutput(Stream.Null, false), () => 0, cli.Clock) : ProgressDisplay.On(cli.Error, cli);
        await display.ShowAsync(reply.Body, aux => PushedDigest = aux.Text("Digest") is { Length: > 0 } digest ? digest : PushedDigest, ct);
    }

    private async Task FilesAsync(OutputSpec spec, Func<Stream, Task> write, CancellationToken ct)
    {
        var query = new Query { { "image", imageId }, { "attestations", attested }, { "attestationprefix", spec.AttestationPrefix } };
        using EngineReply reply = await cli.Client.SendAsync("GET", "/build/files" + query, null, ct);
        await write(reply.Body);
    }

    private static Task UnpackAsync(Stream archive, string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        return ArchiveExtractor.ExtractAsync(archive, CopyTarget.Whole(Path.GetFullPath(folder)), keepOwner: Environment.IsPrivilegedProcess, ct);
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
        using EngineReply reply = await cli.Client.SaveImagesAsync(spec.Packing.AddTo(new Query { { "names", plan.Tags.Count > 0 ? plan.Tags : [imageId] } }), ct);
        if (spec.IsArchive)
        {
            await OutputFile.WriteAsync(cli, spec.Destination, reply.Body, "failed to save image", ct);
        }
        else
        {
            await UnpackAsync(reply.Body, spec.Destination, ct);
        }
    }
}
