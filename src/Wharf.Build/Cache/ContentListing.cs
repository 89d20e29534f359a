using System.IO.Compression;
using System.Text;

namespace Wharf.Build.Cache;

/// <summary>The files behind a content key, so that a miss can name those that changed: path and the beginning of each one's own digest.</summary>
public sealed class ContentListing
{
    private readonly StringBuilder _lines = new();

    /// <param name="path">As in the source.</param>
    /// <param name="state">Changes with mode, owner and content.</param>
    public void Add(string path, string state) => _lines.Append(state).Append(' ').Append(path.Replace('\n', '?')).Append('\n');

    public byte[] Write()
    {
        using var memory = new MemoryStream();
        using (var deflate = new DeflateStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(Encoding.UTF8.GetBytes(_lines.ToString()));
        }

        return memory.ToArray();
    }

    public static Dictionary<string, string> Read(byte[]? listing)
    {
        var files = new Dictionary<string, string>();
        if (listing is null)
        {
            return files;
        }

        using var reader = new StreamReader(new DeflateStream(new MemoryStream(listing), CompressionMode.Decompress), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            int blank = line.IndexOf(' ');
            files[line[(blank + 1)..]] = line[..blank];
        }

        return files;
    }
}
