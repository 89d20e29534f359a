using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Wharf.Api.Containers;
using Wharf.Api.System;
using Wharf.Engine.Containers;
using Wharf.Images;
using Wharf.Images.Containers;
using Wharf.Linux;
using Wharf.Network;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Engine.Tests.Fakes;

/// <summary>An engine over fake rooms and a real state database, which can be stopped and started like a daemon.</summary>
internal sealed class EngineRig : IAsyncDisposable, IEngineLog
{
    public static readonly Digest ImageId = Digest.Parse("sha256:" + new string('a', 64));

    private readonly string _root = Directory.CreateTempSubdirectory("wharf-engine-").FullName;
    private StateDatabase? _state;
    private ContainerEngine? _engine;

    public FakeShims Shims { get; } = new();

    public ConcurrentDictionary<string, bool> Rootfs { get; } = new();

    public ConcurrentDictionary<string, Sandbox> Sandboxes { get; } = new();

    public ConcurrentQueue<string> Errors { get; } = new();

    public RunConfig Image { get; set; } = new() { Cmd = ["sh"], Env = ["PATH=/bin", "LANG=C"] };

    public WharfException? NetworkRefusal { get; set; }

    public IContainerService Containers => _engine!.Containers;

    public ContainerEngine Engine => _engine!;

    public string DataRoot => Path.Combine(_root, "data");

    /// <summary>What the image and the containers have as root.</summary>
    public string Files => Path.Combine(_root, "files");

    public static async Task<EngineRig> StartAsync()
    {
        var rig = new EngineRig();
        Directory.CreateDirectory(rig.DataRoot);
        Directory.CreateDirectory(Path.Combine(rig.Files, "etc"));
        File.WriteAllText(Path.Combine(rig.Files, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101::/var/www:/bin/false\n");
        File.WriteAllText(Path.Combine(rig.Files, "etc/group"), "root:x:0:\nnginx:x:101:\nmail:x:8:nginx\n");
        await rig.BeginAsync();
        return rig;
    }

    /// <summary>Ends the engine as a daemon ends; shims live on.</summary>
    public async Task EndAsync()
    {
        await _engine!.DisposeAsync();
        await _state!.DisposeAsync();
    }

    public Task BeginAgainAsync() => BeginAsync();

    public async Task RestartAsync()
    {
        await EndAsync();
        await BeginAsync();
    }

    public async Task<string> CreateAsync(ContainerCreateRequest? request = null, string? name = null)
    {
        request ??= new ContainerCreateRequest();
        request.Image ??= "busybox";
        return (await Containers.CreateAsync(request, name, null, CancellationToken.None)).Id!;
    }

    public async Task<string> RunAsync(HostConfig? host = null, string? name = null)
    {
        string id = await CreateAsync(new ContainerCreateRequest { HostConfig = host }, name);
        await Containers.StartAsync(id, CancellationToken.None);
        return id;
    }

    public Task<ContainerInspectResponse> InspectAsync(string id) => Containers.InspectAsync(id, false, CancellationToken.None);

    public FakeShim Shim(string id) => Shims.Made.Last(s => s.ContainerId == id);

    /// <summary>Waits until something holds that other tasks bring about.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 400; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(25);
        }

        Assert.Fail("did not come true within ten seconds");
    }

    public Task EventuallyAsync(string id, string status) => EventuallyAsync(async () => (await InspectAsync(id)).State!.Status == status);

    public async Task<List<string>> ActionsAsync(string id)
    {
        var actions = new List<string>();
        await foreach (EventMessage message in Engine.Events.SubscribeAsync(FilterSet.Of(("container", id), ("type", "container")), DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow, CancellationToken.None))
        {
            actions.Add(message.Action!);
        }

        return actions;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Directory.Delete(_root, recursive: true);
    }

    public void Information(string message)
    {
    }

    public void Warning(string message)
    {
    }

    public void Error(string message, Exception? cause) => Errors.Enqueue($"{message}: {cause}");

    private async Task BeginAsync()
    {
        _state = StateDatabase.Open(Path.Combine(DataRoot, "state.db"), ContainerEngine.SchemaParts);
        _engine = await ContainerEngine.StartAsync(
            new EngineOptions { DataRoot = DataRoot, ExecRoot = Path.Combine(_root, "exec") },
            new EngineParts { State = _state, Shims = Shims, Images = Images(), Networks = Networks(), Log = this },
            CancellationToken.None);
    }

    private IImageService Images() => Room<IImageService>.Of(new()
    {
        ["Connect"] = _ => null,
        ["get_DriverName"] = _ => "overlay2",
        ["Resolve"] = a => (string)a[0]! == "busybox" ? ImageId : throw WharfException.NotFound($"No such image: {a[0]}:latest"),
        ["ResolveTrusted"] = a => (string)a[0]! == "busybox" ? ImageId : throw WharfException.NotFound($"No such image: {a[0]}:latest"),
        ["TryResolve"] = a =>
        {
            a[1] = ImageId;
            return (string)a[0]! == "busybox";
        },
        ["Config"] = _ => new ImageConfig { Architecture = Platform.Host.Architecture, Os = "linux", Config = Image },
        ["PrepareContainerAsync"] = a =>
        {
            Rootfs[(string)a[0]!] = true;
            return Task.FromResult(Root());
        },
        ["ContainerRootfs"] = a => Rootfs.ContainsKey((string)a[0]!) ? Root() : throw WharfException.NotFound("no such rootfs"),
        ["RemoveContainerAsync"] = a =>
        {
            Rootfs.TryRemove((string)a[0]!, out _);
            return Task.CompletedTask;
        },
        ["SweepContainersAsync"] = a =>
        {
            var owned = (Func<string, bool>)a[0]!;
            string[] strangers = [.. Rootfs.Keys.Where(id => !owned(id))];
            Array.ForEach(strangers, id => Rootfs.TryRemove(id, out bool _));
            return Task.FromResult(strangers.Length);
        },
        ["OpenContainerRootfs"] = _ =>
        {
            FileCalls.Open(Files, OpenFlags.Directory | OpenFlags.CloseOnExec | OpenFlags.Path, out SafeFileHandle root).ThrowIfError("open", Files);
            return root;
        },
    });

    private ContainerRootfs Root() => new() { Type = "bind", Upper = Files, DriverName = "overlay2", DriverData = new Dictionary<string, string>() };

    private INetworkController Networks() => Room<INetworkController>.Of(new()
    {
        ["RestoreAsync"] = a => Task.FromResult(new RestoreResult((IReadOnlyList<NetworkRecord>)a[0]!, (IReadOnlyList<Sandbox>)a[1]!)),
        ["get_Networks"] = _ => Array.Empty<NetworkRecord>(),
        ["FindNetwork"] = _ => null,
        ["AllocateAsync"] = a =>
        {
            var request = (SandboxRequest)a[0]!;
            if (NetworkRefusal is { } refusal)
            {
                return Task.FromException<Sandbox>(refusal);
            }

            var sandbox = new Sandbox { Request = request, SandboxId = new string('5', 64), Key = "/run/netns/x" };
            Sandboxes[request.ContainerId] = sandbox;
            return Task.FromResult(sandbox);
        },
        ["ReleaseAsync"] = a =>
        {
            Sandboxes.TryRemove((string)a[0]!, out _);
            return Task.CompletedTask;
        },
        ["RenameAsync"] = a => Task.FromResult<Sandbox?>(null),
    });
}
