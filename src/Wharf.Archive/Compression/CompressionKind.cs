namespace Wharf.Archive.Compression;

/// <summary>The formats that archives and layers come in, told apart by their first bytes.</summary>
public enum CompressionKind
{
    None = 0,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}
