using System.Text;
using Wharf.Archive.Tar;

namespace Wharf.Archive.Tests;

/// <summary>Archives for tests, made by our writer or by hand.</summary>
public static class Archives
{
    public static readonly CancellationToken None = CancellationToken.None;

    public static TarEntry Entry(string name, TarEntryType type = TarEntryType.File, string link = "", uint mode = 0) => new()
    {
        Name = Encoding.UTF8.GetBytes(name),
        Type = type,
        LinkName = Encoding.UTF8.GetBytes(link),
        Mode = mode != 0 ? mode : type == TarEntryType.Directory ? 0x1EDu : 0x1A4u,
        ModificationTime = new TarTime(1_600_000_000),
    };

    public static async Task<byte[]> WriteAsync(params (TarEntry Entry, string Content)[] members)
    {
        var output = new MemoryStream();
        var writer = new TarWriter(output);
        foreach (var (entry, content) in members)
        {
            if (entry.Type == TarEntryType.File)
            {
                await writer.WriteFileAsync(entry, Encoding.UTF8.GetBytes(content), None);
            }
            else
            {
                await writer.WriteHeaderAsync(entry, None);
            }
        }

        await writer.FinishAsync(None);
        return output.ToArray();
    }

    public static async Task<List<(TarEntry Entry, byte[] Content)>> ReadAsync(Stream input, TarLimits? limits = null)
    {
        var members = new List<(TarEntry, byte[])>();
        using var reader = new TarReader(input, limits);
        while (await reader.ReadEntryAsync(None) is { } entry)
        {
            var content = new MemoryStream();
            await reader.OpenContent().CopyToAsync(content);
            members.Add((entry, content.ToArray()));
        }

        return members;
    }

    public static Task<List<(TarEntry Entry, byte[] Content)>> ReadAsync(byte[] archive, TarLimits? limits = null) =>
        ReadAsync(new MemoryStream(archive), limits);
}
