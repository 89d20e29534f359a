using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Support;

/// <summary>An image made in memory, by other code than that under test where there is a choice.</summary>
internal sealed class TestImage
{
    private TestImage(IReadOnlyList<byte[]> layers, byte[] config)
    {
        Layers = layers;
        Config = config;
        Packed = [.. layers.Select(Gzip)];
    }

    /// <summary>Uncompressed tars, bottom first.</summary>
    public IReadOnlyList<byte[]> Layers { get; }

    public IReadOnlyList<byte[]> Packed { get; }

    public byte[] Config { get; }

    public Digest Id => Digest.Sha256(Config);

    public static TestImage Make(params (string Name, string Content)[][] layers) => Make(new ImageConfig(), [.. layers.Select(l => Tar(l))]);

    public static TestImage Make(ImageConfig template, params byte[][] layers)
    {
        ImageConfig config = template with
        {
            Architecture = template.Architecture ?? "amd64",
            Os = template.Os ?? "linux",
            Created = template.Created ?? "2024-03-01T10:00:00.5Z",
            Config = template.Config ?? new RunConfig { Cmd = ["/bin/sh"], Env = ["PATH=/bin"], Labels = new(StringComparer.Ordinal) { ["made"] = "here" } },
            RootFs = new RootFilesystem { DiffIds = [.. layers.Select(l => Digest.Sha256(l))] },
            History = [.. layers.Select((_, i) => new HistoryEntry { Created = $"2024-03-01T10:00:0{i}Z", CreatedBy = $"step {i}" })],
        };
        return new TestImage(layers, OciImageJson.Write(config));
    }

    public static byte[] Tar(params (string Name, string Content)[] files)
    {
        using var output = new MemoryStream();
        using (var writer = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, string content) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }

        return output.ToArray();
    }

    /// <summary>A layer of incompressible bytes.</summary>
    public static byte[] BigLayer(int bytes, int seed = 1)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        using var output = new MemoryStream();
        using (var writer = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"big{seed}") { DataStream = new MemoryStream(content), ModificationTime = DateTimeOffset.UnixEpoch });
        }

        return output.ToArray();
    }

    public static byte[] Gzip(byte[] content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return output.ToArray();
    }

    public byte[] Manifest(string mediaType = MediaTypes.OciManifest) => OciImageJson.Write(new ImageManifest
    {
        MediaType = mediaType,
        Config = new Descriptor { MediaType = mediaType == MediaTypes.OciManifest ? MediaTypes.OciConfig : MediaTypes.DockerConfig, Digest = Id, Size = Config.Length },
        Layers =
        [
            .. Packed.Select(p => new Descriptor
            {
                MediaType = mediaType == MediaTypes.OciManifest ? MediaTypes.OciLayerGzip : MediaTypes.DockerLayerGzip,
                Digest = Digest.Sha256(p),
                Size = p.Length,
            }),
        ],
    });

    /// <summary>What <c>docker save</c> wrote before version 25.</summary>
    public byte[] DockerArchive(params string[] tags)
    {
        string config = Id.Encoded + ".json";
        var members = new List<(string, byte[])> { (config, Config) };
        members.AddRange(Layers.Select((l, i) => ($"layer{i}/layer.tar", l)));
        string manifest = $"[{{\"Config\":\"{config}\",\"RepoTags\":[{string.Join(',', tags.Select(t => $"\"{t}\""))}],\"Layers\":[{string.Join(',', Layers.Select((_, i) => $"\"layer{i}/layer.tar\""))}]}}]";
        members.Add(("manifest.json", Encoding.UTF8.GetBytes(manifest)));
        return Archive([.. members]);
    }

    public static byte[] Archive(params (string Name, byte[] Content)[] members)
    {
        using var output = new MemoryStream();
        using (var writer = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        return output.ToArray();
    }
}
