using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Primitives;

namespace Wharf.Build.Sources;

/// <summary>A file that was fetched by http.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">As the address names it; empty when it names none.</param>
/// <param name="Sha256">Digest of its bytes in hexadecimal digits.</param>
/// <param name="Modified">What the server says of its age; null when it says nothing.</param>
public sealed record HttpDownload(string Path, string Name, string Sha256, DateTimeOffset? Modified)
{
    /// <summary>When it was made: what the server says, or the newest file of an archive; null when neither is known.</summary>
    public async Task<DateTimeOffset?> TimeAsync(CancellationToken ct)
    {
        if (Modified is not null)
        {
            return Modified;
        }

        TarTime? newest = null;
        try
        {
            await using var file = File.OpenRead(Path);
            await using DecompressedStream plain = await Decompression.OpenAsync(file, leaveOpen: true, ct);
            using var reader = new TarReader(plain.Content);
            while (await reader.ReadEntryAsync(ct) is { } entry)
            {
                if (entry.Type == TarEntryType.File && (newest is not { } known || entry.ModificationTime.Seconds > known.Seconds))
                {
                    newest = entry.ModificationTime;
                }
            }
        }
        catch (Exception e) when (e is WharfException { Kind: ErrorKind.InvalidArgument or ErrorKind.DataLoss } or InvalidDataException)
        {
            return null; // no archive
        }

        return newest?.ToDateTimeOffset();
    }
}
