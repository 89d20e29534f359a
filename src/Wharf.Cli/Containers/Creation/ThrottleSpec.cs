using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>DEVICE:VALUE</c> of the block I/O flags.</summary>
internal static class ThrottleSpec
{
    public static HostConfigBlkioWeightDevice ParseWeight(string text)
    {
        (string path, string value) = Split(text);
        if (!ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort weight) || (weight > 0 && weight is < 10 or > 1000))
        {
            throw new FormatException($"invalid weight for device: {text}");
        }

        return new HostConfigBlkioWeightDevice { Path = path, Weight = weight };
    }

    public static ThrottleDevice ParseRate(string text)
    {
        (string path, string value) = Split(text);
        try
        {
            return new ThrottleDevice { Path = path, Rate = ByteSize.Parse(value) };
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid rate for device: {text}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb");
        }
    }

    public static ThrottleDevice ParseOperations(string text)
    {
        (string path, string value) = Split(text);
        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong rate)
            ? new ThrottleDevice { Path = path, Rate = (long)rate }
            : throw new FormatException($"invalid rate for device: {text}. The correct format is <device-path>:<number>. Number must be a positive integer");
    }

    private static (string Path, string Value) Split(string text)
    {
        int colon = text.IndexOf(':');
        if (colon <= 0)
        {
            throw new FormatException($"bad format: {text}");
        }

        return text.StartsWith("/dev/", StringComparison.Ordinal)
            ? (text[..colon], text[(colon + 1)..])
            : throw new FormatException($"bad format for device path: {text}");
    }
}
