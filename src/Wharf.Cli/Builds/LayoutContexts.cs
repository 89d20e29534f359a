using System.Text;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Progress;
using Wharf.Client.Http;

namespace Wharf.Cli.Builds;

/// <summary>
/// Further contexts that are images in OCI layouts (<c>--build-context name=oci-layout://DIR[:TAG|@DIGEST]</c>): the engine loads them, without a name, and the build takes
/// them by their ids.
/// </summary>
internal static class LayoutContexts
{
    private const string Scheme = "oci-layout://", LoadedId = "Loaded image ID: ", LoadedName = "Loaded image: ";

    /// <returns>The contexts with addresses that the engine knows.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> LoadAsync(CliContext cli, IReadOnlyDictionary<string, string> contexts, CancellationToken ct)
    {
        var loaded = new Dictionary<string, string>(contexts, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string address) in contexts.Where(c => c.Value.StartsWith(Scheme, StringComparison.Ordinal)))
        {
            (string folder, string? tag, string? digest) = Parse(address[Scheme.Length..]);
            if (LayoutFolder.TryRead(folder) is null)
            {
                throw new CommandException($"failed to get build context {name}: {folder} is no OCI layout: there is no index.json");
            }

            loaded[name] = "docker-image://" + await LoadAsync(cli, folder, LayoutFolder.Choose(folder, tag, digest), ct);
        }

        return loaded;
    }

    internal static (string Folder, string? Tag, string? Digest) Parse(string text)
    {
        int at = text.LastIndexOf('@'), slash = text.LastIndexOf('/');
        if (at > slash)
        {
            return (Path.GetFullPath(text[..at]), null, text[(at + 1)..]);
        }

        int colon = text.LastIndexOf(':');
        return colon > slash ? (Path.GetFullPath(text[..colon]), text[(colon + 1)..], null) : (Path.GetFullPath(text), null, null);
    }

    private static async Task<string> LoadAsync(CliContext cli, string folder, byte[] index, CancellationToken ct)
    {
        using Stream archive = LayoutFolder.Pack(folder, index);
        using EngineReply reply = await cli.Client.LoadImagesAsync(archive, new Query { { "quiet", "1" } }, ct);
        using var captured = new MemoryStream();
        await new ProgressDisplay(new Framework.Terminal.TextOutput(captured, false), () => 0, cli.Clock).ShowAsync(reply.Body, null, ct);
        string said = Encoding.UTF8.GetString(captured.ToArray());
        string? line = said.Split('\n').FirstOrDefault(l => l.StartsWith(LoadedId, StringComparison.Ordinal) || l.StartsWith(LoadedName, StringComparison.Ordinal));
        return line is null ? throw new CommandException($"the engine loaded no image out of {folder}: {said.Trim()}") : line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim();
    }
}
