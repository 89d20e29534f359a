using System.Text.Json;
using Wharf.Archive.Compression;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.Images.Content;
using System.Security.Cryptography;

namespace Wharf.Images.Archives;

/// <summary>
/// The archive of engines before 1.10: a <c>repositories</c> file of names, tags and layer ids, and per layer a folder with <c>json</c> (its
/// configuration, with the parent's id) and <c>layer.tar</c>. A present-day configuration is made of it.
/// </summary>
internal static class LegacyArchive
{
    public const string FileName = "repositories";

    public static IReadOnlyList<ArchivedImage> Read(ArchiveSpool spool)
    {
        SortedDictionary<string, SortedDictionary<string, string>> repositories;
        try
        {
            repositories = JsonSerializer.Deserialize(spool.Document(FileName), OciImageJson.Repositories) ?? [];
        }
        catch (JsonException e)
        {
            throw WharfException.Invalid($"invalid archive: repositories: {JsonMistake.Of(e)}", e);
        }

        return [.. repositories.SelectMany(r => r.Value.Select(t => (Name: r.Key, Tag: t.Key, Layer: t.Value)))
            .GroupBy(t => t.Layer)
            .Select(g => Image(spool, g.Key, [.. g.Select(t => DockerArchive.ParseTag($"{t.Name}:{t.Tag}"))]))];
    }

    private static ArchivedImage Image(ArchiveSpool spool, string top, IReadOnlyList<ImageReference> tags)
    {
        var layers = new List<(string Id, ImageConfig Config)>();
        for (string? id = top; !string.IsNullOrEmpty(id); id = layers[^1].Config.Parent)
        {
            if (!ObjectId.IsFull(id))
            {
                throw WharfException.Invalid($"invalid archive: \"{id}\" is no layer id");
            }

            if (layers.Count >= Limits.Layers || layers.Any(l => l.Id == id))
            {
                throw WharfException.Invalid("invalid archive: too many layers, or a layer that is its own parent");
            }

            byte[] raw = spool.Document($"{id}/json") ?? throw WharfException.Invalid($"invalid archive: layer {id} has no json");
            layers.Add((id, OciImageJson.ReadConfig(raw)));
        }

        layers.Reverse();
        ImageConfig newest = layers[^1].Config;
        var config = new ImageConfig
        {
            Architecture = newest.Architecture ?? "amd64",
            Os = string.IsNullOrEmpty(newest.Os) ? "linux" : newest.Os,
            Author = newest.Author,
            Comment = newest.Comment,
            Config = newest.Config,
            Created = newest.Created,
            DockerVersion = newest.DockerVersion,
            RootFs = new RootFilesystem { DiffIds = [.. layers.Select(l => DiffOf(spool, $"{l.Id}/layer.tar"))] },
            History =
            [
                .. layers.Select(l => new HistoryEntry
                {
                    Created = l.Config.Created,
                    Author = l.Config.Author,
                    CreatedBy = l.Config.ContainerConfig?.Cmd is { } command ? string.Join(' ', command) : null,
                    Comment = l.Config.Comment,
                }),
            ],
        };
        byte[] rawConfig = OciImageJson.Write(config);
        return new ArchivedImage
        {
            RawConfig = rawConfig,
            Config = ArchivedImage.ReadConfig(rawConfig, layers.Count),
            Layers = [.. layers.Select(l => $"{l.Id}/layer.tar")],
            Tags = tags,
        };
    }

    private static Digest DiffOf(ArchiveSpool spool, string member)
    {
        if (spool.Staged(member) is { } layer)
        {
            return layer.Result.DiffId;
        }

        using Stream packed = spool.Open(member) ?? throw WharfException.Invalid($"invalid archive: the layer {member} is not in it");
        var head = new byte[Decompression.ProbeLength];
        int read = packed.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        packed.Position = 0;
        using Stream plain = Decompression.Open(packed, Decompression.Detect(head.AsSpan(0, read)));
        return Digest.FromHash(SHA256.HashData(plain));
    }
}
