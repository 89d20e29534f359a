namespace Wharf.Archive.Tar;

/// <summary>Bounds on what an archive may ask of us; passing one is an error that names the entry. Defaults suit image layers.</summary>
public sealed record TarLimits
{
    public static readonly TarLimits Default = new();

    /// <summary>Bytes of all extension headers before one entry. Linux allows 64 kB per attribute.</summary>
    public int MaxHeaderBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of a name or link target; PATH_MAX less its NUL.</summary>
    public int MaxNameLength { get; init; } = 4095;

    public long MaxEntries { get; init; } = 5_000_000;

    /// <summary>Bytes of content of all entries, holes expanded.</summary>
    public long MaxTotalSize { get; init; } = 1L << 42;

    /// <summary>Data segments of one sparse file.</summary>
    public int MaxSparseSegments { get; init; } = 100_000;
}
