using System.Collections.Concurrent;
using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Tests.Support;

/// <summary>An image service on a data root of its own, which can be closed and opened again as a daemon would.</summary>
internal sealed class ImageLab : IAsyncDisposable, IImageUsers, IImageEventSink
{
    private readonly Func<ImageServiceOptions, ImageServiceOptions> _configure;
    private StateDatabase? _database;
    private ImageService? _service;

    private ImageLab(string root, Func<ImageServiceOptions, ImageServiceOptions> configure)
    {
        Root = root;
        _configure = configure;
    }

    public string Root { get; }

    public ImageService Service => _service!;

    public StateDatabase Database => _database!;

    public List<ImageUse> Uses { get; } = [];

    public ConcurrentQueue<ImageEvent> Events { get; } = new();

    public List<string> Reports { get; } = [];

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ImageLab> OpenAsync(Func<ImageServiceOptions, ImageServiceOptions>? configure = null, string? parent = null)
    {
        string root = parent is null ? Directory.CreateTempSubdirectory("wharf-images-").FullName : Directory.CreateDirectory(Path.Combine(parent, "root")).FullName;
        var lab = new ImageLab(root, configure ?? (o => o));
        await lab.StartAsync();
        return lab;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task StopAsync()
    {
        _service?.Dispose();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    public async Task StartAsync()
    {
        _database = StateDatabase.Open(Path.Combine(Root, "state.db"), [ImagesSchema.Part]);
        ImageServiceOptions options = _configure(new ImageServiceOptions { DataRoot = Root, EngineVersion = "1.0-test" });
        _service = await ImageService.OpenAsync(options, _database, TimeProvider.System, Reports.Add, CancellationToken.None);
        _service.Connect(this, this);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        for (int i = 0; ; i++)
        {
            try
            {
                Directory.Delete(Root, recursive: true);
                return;
            }
            catch (Exception e) when (i < 20 && e is IOException or DirectoryNotFoundException)
            {
                // Removal of layers goes on in the background for a moment.
                await Task.Delay(50);
            }
        }
    }

    public IReadOnlyList<ImageUse> ImageUses() => Uses;

    public void Raise(ImageEvent imageEvent) => Events.Enqueue(imageEvent);

    public async Task<IReadOnlyList<Digest>> LoadAsync(byte[] archive, ProgressLog? log = null) =>
        await Service.LoadAsync(new MemoryStream(archive), [], quiet: false, log ?? new ProgressLog(), Ct);

    public async Task<byte[]> SaveAsync(params string[] names)
    {
        using var output = new MemoryStream();
        await Service.SaveAsync(new SaveRequest { Names = names }, output, Ct);
        return output.ToArray();
    }

    public async Task<ProgressLog> PullAsync(string reference, Func<PullRequest, PullRequest>? adjust = null)
    {
        var log = new ProgressLog();
        var request = new PullRequest { Reference = ImageReference.Parse(reference) };
        await Service.PullAsync(adjust is null ? request : adjust(request), log, Ct);
        return log;
    }

    public async Task<ProgressLog> PushAsync(string reference, RegistryCredentials? credentials = null, bool allTags = false, Platform? platform = null)
    {
        var log = new ProgressLog();
        await Service.PushAsync(new PushRequest { Reference = ImageReference.Parse(reference), Credentials = credentials, AllTags = allTags, Platform = platform }, log, Ct);
        return log;
    }

    /// <summary>Files and directories of layers that are on disk.</summary>
    public int LayerDirectories() => Directory.Exists(Path.Combine(Root, Service.DriverName))
        ? Directory.EnumerateDirectories(Path.Combine(Root, Service.DriverName)).Count(p => ObjectId.IsFull(Path.GetFileName(p)))
        : 0;

    /// <summary>The path of a file of the only layer that has it.</summary>
    public string FileInLayer(string name) => Directory.EnumerateDirectories(Path.Combine(Root, "overlay2"))
        .Where(p => ObjectId.IsFull(Path.GetFileName(p))).Select(p => Path.Combine(p, "diff", name)).Single(File.Exists);

    public int Blobs() => Directory.EnumerateFiles(Path.Combine(Root, "blobs", "sha256")).Count();

    public int PartialBlobs() => Directory.EnumerateFiles(Path.Combine(Root, "blobs", "partial")).Count();
}

/// <summary>Remembers progress as lines of text.</summary>
internal sealed class ProgressLog : IProgress<TransferEvent>
{
    private readonly ConcurrentQueue<TransferEvent> _events = new();

    public IReadOnlyList<TransferEvent> Events => [.. _events];

    /// <summary><c>id: status</c>, <c>status</c> or the stream text.</summary>
    public IReadOnlyList<string> Lines =>
        [.. _events.Where(e => e.Pushed is null).Select(e => e.Stream?.TrimEnd('\n') ?? (e.Id is null ? e.Status! : $"{e.Id}: {e.Status}"))];

    public void Report(TransferEvent value) => _events.Enqueue(value);
}
