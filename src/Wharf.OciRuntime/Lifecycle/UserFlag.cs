using System.Globalization;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Lifecycle;

/// <summary>--user UID[:GID], numbers only: names are for engines to look up. A number that does not fit is an error, never another id.</summary>
internal static class UserFlag
{
    public static UserSpec Parse(string? text, UserSpec own)
    {
        if (text is null)
        {
            return own;
        }

        string[] parts = text.Split(':');
        if (parts.Length > 2)
        {
            throw WharfException.Invalid($"invalid user \"{text}\"");
        }

        return own with { Uid = Number(parts[0]), Gid = parts.Length > 1 ? Number(parts[1]) : own.Gid };
    }

    public static uint Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue
            ? number
            : throw WharfException.Invalid($"invalid id \"{text}\": a number from 0 to {uint.MaxValue - 1} is needed");
}
