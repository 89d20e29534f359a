using Wharf.Images.Index;
using Wharf.Images.Snapshots;

namespace Wharf.Images.Catalog;

/// <summary>The data that inspect shows under GraphDriver.</summary>
internal static class DriverData
{
    public static IReadOnlyDictionary<string, string> OfImage(ISnapshotDriver driver, IReadOnlyList<LayerRecord> layers)
    {
        if (layers.Count == 0)
        {
            return new Dictionary<string, string>();
        }

        return Of(driver.GetMount(layers[^1].Snapshot));
    }

    public static IReadOnlyDictionary<string, string> Of(SnapshotMount mount)
    {
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (mount.Type == "overlay")
        {
            if (mount.Lower.Count > 0)
            {
                data["LowerDir"] = string.Join(':', mount.Lower);
            }

            data["UpperDir"] = mount.Upper;
            data["MergedDir"] = Path.Combine(Path.GetDirectoryName(mount.Upper)!, "merged");
            if (mount.Work is { } work)
            {
                data["WorkDir"] = work;
            }
        }
        else
        {
            data["Dir"] = mount.Upper;
        }

        return data;
    }
}
