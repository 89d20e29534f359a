using Wharf.Images.Snapshots.Overlay;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots;

/// <summary>What <c>--storage-opt</c> may ask, of the daemon and for a container.</summary>
internal static class StorageOptions
{
    private const string DefaultSize = OverlayDriver.DriverName + ".size";
    private const string NoQuota = "--storage-opt is supported only for overlay over xfs with 'pquota' mount option";

    /// <summary>The bound that options of a container ask for: bytes, 0 for none at all; null when they do not say.</summary>
    /// <exception cref="WharfException">InvalidArgument, naming the first option that cannot be obeyed.</exception>
    public static long? SizeOf(IReadOnlyDictionary<string, string> options, ISnapshotDriver driver)
    {
        long? size = null;
        foreach ((string key, string value) in options)
        {
            size = !key.Equals("size", StringComparison.OrdinalIgnoreCase) ? throw WharfException.Invalid($"Unknown option {key}")
                : driver.HasQuotas ? Parse(value)
                : throw WharfException.Invalid(driver.Name == OverlayDriver.DriverName ? NoQuota : $"--storage-opt is not supported for {driver.Name}");
        }

        return size;
    }

    /// <summary>The bound for containers that ask for none, by the options of the daemon.</summary>
    /// <exception cref="WharfException">InvalidArgument: no size.</exception>
    public static long ContainerSize(IReadOnlyList<string> options) =>
        options.LastOrDefault(o => o.StartsWith(DefaultSize + "=", StringComparison.OrdinalIgnoreCase)) is { } option ? Parse(option[(DefaultSize.Length + 1)..]) : 0;

    /// <summary>Options of the daemon.</summary>
    /// <param name="options">Each <c>driver.name=value</c>.</param>
    /// <param name="driver">The driver in use.</param>
    /// <param name="report">Told of options that are obsolete.</param>
    /// <exception cref="WharfException">InvalidArgument, naming the first that cannot be obeyed.</exception>
    public static void Check(IReadOnlyList<string> options, ISnapshotDriver driver, Action<string> report)
    {
        foreach (string option in options)
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string key = (equals > 0 ? option[..equals] : throw WharfException.Invalid($"Unable to parse storage-opt {option}")).ToLowerInvariant();
            if (driver.Name != OverlayDriver.DriverName || key is not (DefaultSize or "overlay2.override_kernel_check"))
            {
                throw WharfException.Invalid($"{driver.Name}: unknown option {key}");
            }

            if (key != DefaultSize)
            {
                report("the storage option overlay2.override_kernel_check is obsolete: no kernel is refused by its version");
            }
            else if (!driver.HasQuotas)
            {
                throw WharfException.Invalid($"Storage option {DefaultSize} not supported. Filesystem does not support Project Quota: Filesystem does not support, or has not enabled quotas");
            }
        }
    }

    private static long Parse(string text)
    {
        try
        {
            return ByteSize.Parse(text);
        }
        catch (FormatException e)
        {
            throw WharfException.Invalid(e.Message);
        }
    }
}
