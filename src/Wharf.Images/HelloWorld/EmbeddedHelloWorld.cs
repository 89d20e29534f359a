using Wharf.Archive.Tar;
using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.HelloWorld;

/// <summary>
/// The <c>hello-world</c> image that every daemon carries: its program is assembled, its layer and its configuration are written the same
/// every time, so that it has one id per architecture. It stands in where the real one cannot be pulled.
/// </summary>
internal sealed class EmbeddedHelloWorld(LayerStore layers, ImageFactory factory, ImageSurroundings surroundings)
{
    public const string Name = "docker.io/library/hello-world";
    private const string Created = "2024-01-01T00:00:00Z";

    public static bool StandsInFor(PullRequest request, WharfException failure) =>
        request is { AllTags: false, Reference: { Name: Name, Digest.IsEmpty: true } reference }
        && reference.Tag is null or ImageReference.DefaultTag
        && failure.Kind is ErrorKind.Unavailable or ErrorKind.NotFound or ErrorKind.Unauthorized or ErrorKind.Forbidden or ErrorKind.Internal
        && (request.Platform ?? Platform.Host).Architecture is "amd64" or "arm64";

    public async Task<Digest> InstallAsync(Platform platform, CancellationToken ct)
    {
        (byte[] tar, ImageConfig config) = await BuildAsync(platform.Architecture, ct).ConfigureAwait(false);
        byte[] raw = OciImageJson.Write(config);
        Digest id = Digest.Sha256(raw);
        using LayerLease layer = await layers.AddAsync(default, config.RootFs!.DiffIds![0], () => Task.FromResult<Stream>(new MemoryStream(tar)), Task.CompletedTask, ct).ConfigureAwait(false);
        await factory.RegisterAsync(new NewImage
        {
            Id = id,
            RawConfig = raw,
            Config = config,
            Names = [new NameKey(Name, ImageReference.DefaultTag, default)],
        }, ct).ConfigureAwait(false);
        surroundings.Raise("pull", "hello-world:latest", "hello-world", null);
        return id;
    }

    internal static async Task<(byte[] Tar, ImageConfig Config)> BuildAsync(string architecture, CancellationToken ct)
    {
        byte[] program = GreetingProgram.Assemble(architecture, GreetingText.Text);
        using var layer = new MemoryStream();
        await using (var tar = new TarWriter(layer))
        {
            var modified = TarTime.Of(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero));
            await tar.WriteFileAsync(TarEntry.ForFile("hello", program.Length, 0b111_101_101, modified), program, ct).ConfigureAwait(false);
            await tar.FinishAsync(ct).ConfigureAwait(false);
        }

        byte[] bytes = layer.ToArray();
        return (bytes, new ImageConfig
        {
            Architecture = architecture,
            Os = "linux",
            Variant = architecture == "arm64" ? "v8" : null,
            Created = Created,
            Config = new RunConfig
            {
                Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                Cmd = ["/hello"],
                WorkingDir = "/",
            },
            History =
            [
                new HistoryEntry { Created = Created, CreatedBy = "COPY hello / # embedded in the engine" },
                new HistoryEntry { Created = Created, CreatedBy = "CMD [\"/hello\"]", EmptyLayer = true },
            ],
            RootFs = new RootFilesystem { DiffIds = [Digest.Sha256(bytes)] },
        });
    }
}
