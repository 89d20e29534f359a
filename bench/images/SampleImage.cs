using System.Security.Cryptography;
using System.Text;
using Wharf.Archive.Tar;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Bench.Images;

/// <summary>An archive as docker save wrote it: one layer of a few large files, one of many small ones.</summary>
internal static class SampleImage
{
    public static async Task WriteAsync(string path, string tag, int megabytes, int seed, int layers = 2)
    {
        var made = new List<(string Name, string Path, Digest DiffId)>();
        for (int i = 0; i < layers; i++)
        {
            string layer = path + ".layer" + i;
            long size = megabytes * 1024L * 1024 / layers;
            // The first of few large files, the second of many small ones.
            made.Add(($"{i}/layer.tar", layer, i == 0 ? await LayerAsync(layer, seed, 8, size / 8) : await LayerAsync(layer, seed, (int)(size / (32 * 1024)), 32 * 1024)));
        }

        byte[] config = OciImageJson.Write(new ImageConfig
        {
            Architecture = "amd64",
            Os = "linux",
            Created = "2024-01-01T00:00:00Z",
            Config = new RunConfig { Cmd = ["/none"] },
            RootFs = new RootFilesystem { DiffIds = [.. made.Select(l => l.DiffId)] },
            History = [.. made.Select(l => new HistoryEntry { CreatedBy = l.Name })],
        });
        byte[] manifest = Encoding.UTF8.GetBytes($"[{{\"Config\":\"config.json\",\"RepoTags\":[\"{tag}\"],\"Layers\":[{string.Join(',', made.Select(l => $"\"{l.Name}\""))}]}}]");
        await using FileStream output = File.Create(path);
        await using var tar = new TarWriter(output);
        await tar.WriteFileAsync(TarEntry.ForFile("config.json", config.Length), config, default);
        foreach ((string name, string source, Digest _) in made)
        {
            await using FileStream layer = File.OpenRead(source);
            await tar.WriteEntryAsync(TarEntry.ForFile(name, layer.Length), layer, default);
            File.Delete(source);
        }

        await tar.WriteFileAsync(TarEntry.ForFile("manifest.json", manifest.Length), manifest, default);
        await tar.FinishAsync(default);
    }

    // Half of each file is noise, half is text: what programs and their data come to, on the whole.
    private static async Task<Digest> LayerAsync(string path, int seed, int files, long size)
    {
        var random = new Random((seed * 100_000) + files);
        var content = new byte[size];
        await using (FileStream output = File.Create(path))
        await using (var tar = new TarWriter(output))
        {
            for (int i = 0; i < files; i++)
            {
                random.NextBytes(content.AsSpan(0, content.Length / 2));
                for (int at = content.Length / 2; at < content.Length; at++)
                {
                    content[at] = (byte)('a' + ((at * 7 + (at >> 5)) % 23));
                }

                await tar.WriteFileAsync(TarEntry.ForFile($"data/{i / 100}/{i}", size), content, default);
            }

            await tar.FinishAsync(default);
        }

        await using FileStream layer = File.OpenRead(path);
        return Digest.FromHash(await SHA256.HashDataAsync(layer));
    }
}
