namespace Wharf.Archive.Layers;

/// <summary>What becomes of the deletion marks (<c>.wh.NAME</c>, <c>.wh..wh..opq</c>) of a layer when it is unpacked (OCI image spec, "Whiteouts").</summary>
public enum WhiteoutStyle
{
    /// <summary>The marks delete what is already in the target directory.</summary>
    Delete = 0,

    /// <summary>The marks become overlayfs's own: a character device 0/0, and the attribute trusted.overlay.opaque.</summary>
    Overlay,

    /// <summary>Entries with such names are ordinary files (plain archives: <c>docker cp</c>, ADD, import).</summary>
    Keep,
}
