using System.Text.Json.Nodes;

namespace Wharf.Registry;

/// <summary>
/// An answer of the protocol that is no success: a code of the OCI distribution specification ("Error Codes"), the HTTP status that goes with it,
/// a text for people and, where it helps, a detail for programs. Only the HTTP side of this room throws and catches it.
/// </summary>
internal sealed class RegistryFault(int status, string code, string message, JsonNode? detail = null) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public JsonNode? Detail => detail;

    public static RegistryFault BlobUnknown(object digest) =>
        new(404, "BLOB_UNKNOWN", "blob unknown to registry", new JsonObject { ["digest"] = digest.ToString() });

    public static RegistryFault UploadUnknown() => new(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");

    public static RegistryFault UploadInvalid(string why) => new(400, "BLOB_UPLOAD_INVALID", $"blob upload invalid: {why}");

    public static RegistryFault RangeInvalid(string why) => new(416, "BLOB_UPLOAD_INVALID", $"invalid content range: {why}");

    public static RegistryFault DigestInvalid(string why) => new(400, "DIGEST_INVALID", $"provided digest did not match uploaded content: {why}");

    public static RegistryFault ManifestUnknown(string reference) =>
        new(404, "MANIFEST_UNKNOWN", "manifest unknown", new JsonObject { ["reference"] = reference });

    public static RegistryFault ManifestInvalid(string why) => new(400, "MANIFEST_INVALID", $"manifest invalid: {why}");

    public static RegistryFault ManifestBlobUnknown(object digest) =>
        new(404, "MANIFEST_BLOB_UNKNOWN", "manifest references a manifest or blob unknown to registry", new JsonObject { ["digest"] = digest.ToString() });

    public static RegistryFault NameInvalid(string name) =>
        new(400, "NAME_INVALID", "invalid repository name", new JsonObject { ["name"] = name });

    public static RegistryFault NameUnknown(string name) =>
        new(404, "NAME_UNKNOWN", "repository name not known to registry", new JsonObject { ["name"] = name });

    public static RegistryFault TagInvalid(string tag) => new(400, "TAG_INVALID", "manifest tag did not match URI", new JsonObject { ["tag"] = tag });

    public static RegistryFault LengthInvalid(string why) => new(400, "SIZE_INVALID", $"provided length did not match content length: {why}");

    public static RegistryFault SizeInvalid(string why) => new(413, "SIZE_INVALID", why);

    public static RegistryFault PageInvalid(string given) =>
        new(400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested", new JsonObject { ["n"] = given });

    public static RegistryFault Unauthorized(string why) => new(401, "UNAUTHORIZED", why);

    public static RegistryFault Denied() => new(403, "DENIED", "requested access to the resource is denied");

    public static RegistryFault Unsupported(string why = "The operation is unsupported.") => new(405, "UNSUPPORTED", why);

    public static RegistryFault TooMany(string why) => new(429, "TOOMANYREQUESTS", why);

    public static RegistryFault Unavailable(string why) => new(503, "UNAVAILABLE", why);

    public static RegistryFault NoSpace() => new(507, "UNKNOWN", "no space left on device");
}
