namespace Wharf.Primitives;

/// <summary>
/// The one exception of the domain: a <see cref="Kind"/> for programs and a text for people. The text is lower case, has no full
/// stop, names the object and, where there is one, the way to mend it. Projects add factories next to their subject
/// (<c>VolumeErrors.NoSuchVolume(name)</c>) instead of new exception types.
/// </summary>
public sealed class WharfException : Exception
{
    public WharfException(ErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    public ErrorKind Kind { get; }

    public static WharfException Invalid(string message, Exception? inner = null) => new(ErrorKind.InvalidArgument, message, inner);

    public static WharfException NotFound(string message) => new(ErrorKind.NotFound, message);

    public static WharfException Conflict(string message) => new(ErrorKind.Conflict, message);

    public static WharfException NotModified(string message) => new(ErrorKind.NotModified, message);

    public static WharfException Unauthorized(string message) => new(ErrorKind.Unauthorized, message);

    public static WharfException Forbidden(string message) => new(ErrorKind.Forbidden, message);

    public static WharfException Unavailable(string message, Exception? inner = null) => new(ErrorKind.Unavailable, message, inner);

    public static WharfException Unsupported(string message) => new(ErrorKind.NotImplemented, message);

    public static WharfException DataLoss(string message, Exception? inner = null) => new(ErrorKind.DataLoss, message, inner);

    public static WharfException Internal(string message, Exception? inner = null) => new(ErrorKind.Internal, message, inner);
}
