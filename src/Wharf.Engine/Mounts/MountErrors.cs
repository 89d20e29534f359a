using Wharf.Primitives;

namespace Wharf.Engine.Mounts;

/// <summary>Docker's sentences about mounts.</summary>
internal static class MountErrors
{
    public static WharfException InvalidSpecification(string raw) => WharfException.Invalid($"invalid volume specification: '{raw}'");

    public static WharfException InvalidMode(string mode) => WharfException.Invalid($"invalid mode: {mode}");

    public static WharfException InvalidConfig(string type, string why) => WharfException.Invalid($"invalid mount config for type \"{type}\": {why}");

    public static WharfException Duplicate(string destination) => WharfException.Invalid($"Duplicate mount point: {destination}");

    public static WharfException NotAbsolute(string path) => WharfException.Invalid($"invalid mount path: '{path}' mount path must be absolute");

    public static WharfException Root() => WharfException.Invalid("invalid specification: destination can't be '/'");
}
