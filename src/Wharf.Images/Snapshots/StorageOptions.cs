using Wharf.Primitives;

namespace Wharf.Images.Snapshots;

/// <summary>What <c>--storage-opt</c> may ask of a driver that knows no quota.</summary>
internal static class StorageOptions
{
    /// <exception cref="WharfException">InvalidArgument, naming the first option.</exception>
    public static void RefuseAll(IReadOnlyDictionary<string, string> options, string driver)
    {
        foreach (string key in options.Keys)
        {
            throw WharfException.Invalid(key == "size"
                ? $"--storage-opt size is not supported by the {driver} driver on this file system: it needs project quotas, which are not set up"
                : $"unknown option {key} for storage driver {driver}");
        }
    }
}
