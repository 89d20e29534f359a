using System.Net;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>Why a pull failed, in Docker's words.</summary>
internal static class PullErrors
{
    public static WharfException Of(RegistryFailure failure, ImageReference reference, string request) => failure.Code switch
    {
        "MANIFEST_UNKNOWN" => WharfException.NotFound($"manifest for {reference.Familiar} not found: {failure.Text}"),
        "NAME_UNKNOWN" => WharfException.NotFound($"repository {reference.FamiliarName} not found: {failure.Text}"),
        "DENIED" or "UNAUTHORIZED" => Denied(failure.Text, reference),
        null when failure.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Denied(failure.Text, reference),
        null when failure.Status == HttpStatusCode.NotFound => WharfException.NotFound($"manifest for {reference.Familiar} not found: manifest unknown: manifest unknown"),
        _ => failure.ToException(request),
    };

    public static WharfException OfBlob(RegistryFailure failure, ImageReference reference, Digest digest) => failure.Code switch
    {
        "DENIED" or "UNAUTHORIZED" => Denied(failure.Text, reference),
        null when failure.IsNotFound => WharfException.NotFound($"blob unknown: blob {digest} unknown to registry"),
        _ => failure.ToException($"Get blob {digest}"),
    };

    public static WharfException Denied(string text, ImageReference reference) => WharfException.NotFound(
        $"pull access denied for {reference.FamiliarName}, repository does not exist or may require 'docker login': {text}");

    public static WharfException Schema1(ImageReference reference) => WharfException.Invalid(
        $"Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed. Suggest the author of {reference.Familiar} to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2. More information at https://docs.docker.com/go/deprecated-image-specs/");

    public static WharfException NoPlatform(Oci.Images.Platform platform) => WharfException.NotFound(
        $"no matching manifest for {platform} in the manifest list entries: no match for platform in manifest: not found");
}
