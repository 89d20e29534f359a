namespace Wharf.Archive.Layers;

/// <summary>How overlayfs marks deletions (kernel documentation, filesystems/overlayfs.rst, "whiteouts and opaque directories"), and how layers do.</summary>
internal static class OverlayMarks
{
    /// <summary>".wh." before a name: the name is gone.</summary>
    public static ReadOnlySpan<byte> Whiteout => ".wh."u8;

    /// <summary>Prefix of aufs's own files, which no image means.</summary>
    public static ReadOnlySpan<byte> Meta => ".wh..wh."u8;

    /// <summary>In a directory: nothing of the lower layers shows through.</summary>
    public static ReadOnlySpan<byte> OpaqueMember => ".wh..wh..opq"u8;

    public static ReadOnlySpan<byte> OpaqueAttribute => "trusted.overlay.opaque\0"u8;

    public static bool IsPrivate(ReadOnlySpan<byte> attribute) =>
        attribute.StartsWith("trusted.overlay."u8) || attribute.StartsWith("user.overlay."u8);
}
