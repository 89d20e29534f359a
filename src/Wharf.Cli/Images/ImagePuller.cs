using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Progress;
using Wharf.Cli.Registry;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Images;

/// <summary>Pulls an image through the engine and shows its progress.</summary>
internal static class ImagePuller
{
    /// <param name="cli">The client.</param>
    /// <param name="image">What to pull.</param>
    /// <param name="platform">A platform, or empty.</param>
    /// <param name="all">Every tag of the repository.</param>
    /// <param name="output">Where progress goes; null for nowhere.</param>
    /// <param name="ct">Stops the pull.</param>
    public static async Task PullAsync(CliContext cli, ImageReference image, string platform, bool all, Framework.Terminal.TextOutput? output, CancellationToken ct)
    {
        var query = new Query { { "fromImage", image.FamiliarName }, { "tag", all ? null : TagOrDigest(image) }, { "platform", platform.ToLowerInvariant() } };
        using EngineReply reply = await cli.Client.CreateImageAsync(query, Credentials.HeaderFor(cli, image), ct);
        var display = output is null
            ? new ProgressDisplay(new Framework.Terminal.TextOutput(Stream.Null, false), () => 0, cli.Clock)
            : ProgressDisplay.On(output, cli);
        await display.ShowAsync(reply.Body, null, ct);
    }

    private static string TagOrDigest(ImageReference image) => image.Digest.IsEmpty ? image.Tag ?? ImageReference.DefaultTag : image.Digest.ToString();
}
