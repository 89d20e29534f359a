using Wharf.Primitives;

namespace Wharf.Images.Snapshots;

/// <summary>What <c>--storage-opt</c> may ask, of the daemon and for a container, where no driver has quotas.</summary>
internal static class StorageOptions
{
    private const string Quota = "--storage-opt is supported only for overlay over xfs with 'pquota' mount option";

    /// <summary>Options of a container.</summary>
    /// <exception cref="WharfException">InvalidArgument, naming the first option.</exception>
    public static void RefuseAll(IReadOnlyDictionary<string, string> options, string driver)
    {
        foreach (string key in options.Keys)
        {
            throw WharfException.Invalid(!key.Equals("size", StringComparison.OrdinalIgnoreCase) ? $"Unknown option {key}"
                : driver == Overlay.OverlayDriver.DriverName ? Quota
                : $"--storage-opt is not supported for {driver}");
        }
    }

    /// <summary>Options of the daemon.</summary>
    /// <param name="options">Each <c>driver.name=value</c>.</param>
    /// <param name="driver">The driver in use.</param>
    /// <param name="report">Told of options that are obsolete.</param>
    /// <exception cref="WharfException">InvalidArgument, naming the first that cannot be obeyed.</exception>
    public static void Check(IReadOnlyList<string> options, string driver, Action<string> report)
    {
        foreach (string option in options)
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string key = (equals > 0 ? option[..equals] : throw WharfException.Invalid($"Unable to parse storage-opt {option}")).ToLowerInvariant();
            if (key == "overlay2.override_kernel_check" && driver == Overlay.OverlayDriver.DriverName)
            {
                report("the storage option overlay2.override_kernel_check is obsolete: no kernel is refused by its version");
                continue;
            }

            throw WharfException.Invalid(key == $"{driver}.size"
                ? $"Storage Option {key} is not supported: the file system of the data root does not support Project Quota"
                : $"{driver}: unknown option {key}");
        }
    }
}
