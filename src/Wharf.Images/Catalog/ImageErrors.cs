using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>What is said when an image is not there or may not go.</summary>
internal static class ImageErrors
{
    /// <summary>Names are shown with their default tag, ids as they were given.</summary>
    public static WharfException NoSuchImage(string name) => WharfException.NotFound(
        "No such image: " + (ImageReference.TryParse(name, out ImageReference? reference) ? reference.WithDefaultTag().Familiar : name));

    public static WharfException OtherPlatform(string name, Platform wanted, Platform actual) => WharfException.NotFound(
        $"image with reference {name} was found but does not match the specified platform: wanted {wanted}, actual: {actual}");

    public static WharfException NameInUse(string name, string containerId, Digest image) => WharfException.Conflict(
        $"conflict: unable to remove repository reference \"{name}\" (must force) - container {ObjectId.Shorten(containerId)} is using its referenced image {image.Short}");

    public static WharfException CannotDelete(Digest image, bool hard, string reason) => WharfException.Conflict(
        $"conflict: unable to delete {image.Short} ({(hard ? "cannot be forced" : "must be forced")}) - {reason}");

    public static WharfException NoSuchContainer(string containerId) => WharfException.NotFound($"No such container: {containerId}");
}
