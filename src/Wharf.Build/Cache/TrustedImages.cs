using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Cache;

/// <summary>
/// Images that the user named as cache sources. What their histories claim is believed, as naming them says so; no other image's history ever is.
/// </summary>
public sealed class TrustedImages(IReadOnlyList<ImageConfig> images)
{
    public bool IsEmpty => images.Count == 0;

    /// <summary>
    /// The layer that stands for a step: from an image with the same layers and the same history up to now, whose next line is the step's.
    /// </summary>
    /// <param name="now">The image before the step.</param>
    /// <param name="createdBy">The step's own line.</param>
    /// <param name="isEmpty">The step makes no layer.</param>
    public TrustedStep? Find(ImageConfig now, string createdBy, bool isEmpty)
    {
        var lines = now.History ?? [];
        var layers = now.RootFs?.DiffIds ?? [];
        foreach (var image in images)
        {
            var history = image.History ?? [];
            var diffs = image.RootFs?.DiffIds ?? [];
            if (history.Count > lines.Count && layers.SequenceEqual(diffs.Take(layers.Count)) && lines.Zip(history).All(p => Same(p.First, p.Second))
                && history[lines.Count] is var next && next.CreatedBy == createdBy && next.EmptyLayer == isEmpty && (isEmpty || diffs.Count > layers.Count))
            {
                return new TrustedStep(next, isEmpty ? default : diffs[layers.Count]);
            }
        }

        return null;
    }

    private static bool Same(HistoryEntry one, HistoryEntry other) => one.CreatedBy == other.CreatedBy && one.EmptyLayer == other.EmptyLayer;
}

/// <param name="History">The line, with its time.</param>
/// <param name="Layer">Diff id; empty for a step without a layer.</param>
public sealed record TrustedStep(HistoryEntry History, Digest Layer);
