namespace Wharf.Primitives;

/// <summary>
/// The closed set of reasons for which an operation fails. Callers test the kind, never the text; one place in the API server
/// turns a kind into an HTTP status, one in the client into an exit code.
/// </summary>
public enum ErrorKind
{
    /// <summary>A defect of ours or a fault of the system that has no better kind (HTTP 500).</summary>
    Internal = 0,

    /// <summary>The request itself is wrong: a malformed name, a bad flag, an impossible combination (HTTP 400).</summary>
    InvalidArgument,

    /// <summary>The object that the request names does not exist (HTTP 404).</summary>
    NotFound,

    /// <summary>The object exists, but its state or another object forbids the operation (HTTP 409).</summary>
    Conflict,

    /// <summary>The desired state already holds; nothing was changed (HTTP 304).</summary>
    NotModified,

    /// <summary>The caller did not say who it is, or a registry refused the credentials (HTTP 401).</summary>
    Unauthorized,

    /// <summary>The caller is known and may not do this (HTTP 403).</summary>
    Forbidden,

    /// <summary>This build or this kernel cannot do what was asked (HTTP 501).</summary>
    NotImplemented,

    /// <summary>Something we depend on does not answer, or the engine is not in the role asked for (HTTP 503).</summary>
    Unavailable,

    /// <summary>The caller went away or asked to stop.</summary>
    Cancelled,

    /// <summary>Stored or received data is not what its digest, length or format promises (HTTP 500).</summary>
    DataLoss,
}
