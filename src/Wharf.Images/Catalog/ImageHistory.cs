using Wharf.Images.Index;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>Joins the history in a configuration with the sizes of the layers here and the ids of the parents here.</summary>
internal static class ImageHistory
{
    public static IReadOnlyList<ImageHistoryItem> Of(IndexState state, ImageRecord image, ImageConfig config)
    {
        IReadOnlyList<LayerRecord> layers = state.LayersOf(image.Chain);
        var steps = new List<ImageHistoryItem>();
        int layer = 0;
        foreach (HistoryEntry step in config.History ?? [])
        {
            if (!step.EmptyLayer && layer >= layers.Count)
            {
                throw WharfException.Invalid("too many non-empty layers in History section");
            }

            steps.Add(new ImageHistoryItem
            {
                Created = Rfc3339.TryParse(step.Created, out DateTimeOffset created) ? created : null,
                CreatedBy = step.CreatedBy ?? "",
                Comment = step.Comment ?? "",
                Size = step.EmptyLayer ? 0 : layers[layer++].Size,
            });
        }

        steps.Reverse();
        ImageRecord? owner = image;
        for (int i = 0; i < steps.Count && owner is not null; i++)
        {
            steps[i] = steps[i] with
            {
                Id = owner.Id,
                Tags = [.. state.NamesOf(owner.Id).Where(n => n.IsTag).Order().Select(n => n.Familiar)],
            };
            owner = owner.Parent.IsEmpty ? null : state.Images.GetValueOrDefault(owner.Parent);
        }

        return steps;
    }
}
