using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Wharf.Archive.Tar;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Bench.Images;

/// <summary>Lists and disk usage with many images: our daemon's answers beside dockerd's, over their sockets.</summary>
internal static class Listing
{
    public const int Count = 1000;
    private const int Rounds = 5;

    public static async Task MeasureAsync(OurEngine ours, Peers peers, Action<string, string, long> note)
    {
        string archive = Path.GetTempFileName();
        try
        {
            await WriteAsync(archive);
            ours.Run("load", "-q", "-i", archive);
            if (peers.HasEngine)
            {
                peers.Docker("load", "-q", "-i", archive);
            }

            for (int i = 0; i < Rounds; i++)
            {
                await TimeAsync("images", "wharf", () => GetAsync(ours.Socket, "/images/json"));
                await TimeAsync("df", "wharf", () => GetAsync(ours.Socket, "/system/df"));
                if (peers.HasEngine)
                {
                    await TimeAsync("images", "dockerd", () => GetAsync(peers.Socket, "/images/json"));
                    await TimeAsync("df", "dockerd", () => GetAsync(peers.Socket, "/system/df"));
                }
            }
        }
        finally
        {
            File.Delete(archive);
        }

        async Task TimeAsync(string path, string who, Func<Task> action)
        {
            long begin = Stopwatch.GetTimestamp();
            await action();
            note(path, who, begin);
        }
    }

    private static async Task GetAsync(string socket, string path)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), ct);
                return new NetworkStream(client, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        await client.GetByteArrayAsync("http://engine" + path);
    }

    /// <summary>Many images on one small layer.</summary>
    private static async Task WriteAsync(string path)
    {
        using var layer = new MemoryStream();
        await using (var tar = new TarWriter(layer))
        {
            await tar.WriteFileAsync(TarEntry.ForFile("file", 5), "hello"u8.ToArray(), default);
            await tar.FinishAsync(default);
        }

        byte[] content = layer.ToArray();
        var entries = new StringBuilder("[");
        await using FileStream output = File.Create(path);
        await using var archive = new TarWriter(output);
        await archive.WriteFileAsync(TarEntry.ForFile("layer.tar", content.Length), content, default);
        for (int i = 0; i < Count; i++)
        {
            byte[] config = OciImageJson.Write(new ImageConfig
            {
                Architecture = "amd64",
                Os = "linux",
                Created = "2024-01-01T00:00:00Z",
                Config = new RunConfig { Cmd = [$"/{i}"], Labels = new(StringComparer.Ordinal) { ["number"] = i.ToString() } },
                RootFs = new RootFilesystem { DiffIds = [Digest.Sha256(content)] },
                History = [new HistoryEntry { CreatedBy = "one" }],
            });
            await archive.WriteFileAsync(TarEntry.ForFile($"c{i}.json", config.Length), config, default);
            entries.Append(i == 0 ? "" : ",").Append($"{{\"Config\":\"c{i}.json\",\"RepoTags\":[\"many/image{i}:1\"],\"Layers\":[\"layer.tar\"]}}");
        }

        byte[] manifest = Encoding.UTF8.GetBytes(entries.Append(']').ToString());
        await archive.WriteFileAsync(TarEntry.ForFile("manifest.json", manifest.Length), manifest, default);
        await archive.FinishAsync(default);
    }
}
