using Wharf.Api.Containers;
using Wharf.Api.Networks;
using Wharf.Engine.Containers.Naming;
using Wharf.Engine.Host;
using Wharf.Engine.Logs;
using Wharf.Engine.Mounts;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Creation;

/// <summary>Creates containers: everything that can be refused is refused before the first thing is made, and what was made is taken back when a later step fails.</summary>
internal sealed class ContainerCreator(EngineCore core, KernelSupport kernel)
{
    private readonly MountPlanner _mounts = new(core.Containers, core.Volumes, core.Options.DataRoot);
    private readonly VolumeFiller _filler = new(core);

    public async Task<ContainerCreateResponse> CreateAsync(ContainerCreateRequest request, string? name, string? platform, CancellationToken ct)
    {
        var warnings = new List<string>();
        ContainerConfig config = RequestCopy.Config(request);
        HostConfig host = RequestCopy.Host(request);
        string? wantedName = string.IsNullOrEmpty(name) ? null : ContainerName.Parse(name);
        ConfigRules.Check(config);
        (Digest imageId, ImageConfig? image) = ResolveImage(config, platform, warnings);
        ImageDefaults.Merge(config, image?.Config);
        config.WorkingDir = string.IsNullOrEmpty(config.WorkingDir) ? config.WorkingDir : PathPattern.Clean(config.WorkingDir);
        ConfigRules.Check(config);
        HostRules.Check(host, config, core.Options);
        HostDefaults.Fill(host, core.Options, kernel.Unified);
        SharedNamespaces.Resolve(host, config, core.Containers);
        host.Links = ContainerLinks.Resolve(host, core.Containers);
        ResourceRules.Check(host, kernel, update: false, warnings);
        LogSettings.Check(host.LogConfig!);
        if (host.NetworkMode == "host" && host.PortBindings is { Count: > 0 })
        {
            warnings.Add("Published ports are discarded when using host network mode");
        }

        List<ContainerMount> plan = Mounts(() => _mounts.Plan(config, host));
        Dictionary<string, EndpointSettings> networks = Endpoints(request.NetworkingConfig, host);
        string id = ObjectId.New();
        FillHostname(config, host, id);
        string containerName = Claim(wantedName, id);
        var made = new List<string>();
        var layers = new List<string> { id };
        string directory = core.ContainerDirectory(id);
        try
        {
            Task<Wharf.Images.Containers.ContainerRootfs> rootfs = core.Images.PrepareContainerAsync(id, imageId, host.StorageOpt ?? [], ct);
            List<ContainerMount> mounts;
            try
            {
                mounts = await _mounts.EnsureVolumesAsync(plan, host, made, ct);
                mounts = await PrepareImageMountsAsync(mounts, layers, ct);
            }
            catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
            {
                throw WharfException.Invalid(e.Message);
            }
            finally
            {
                // also when the volumes failed: what it made must be there to be taken back
                await rootfs;
            }

            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
            string logPath = LogSettings.PathOf(host.LogConfig!, directory, id);
            if (logPath.Length > 0)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(logPath)!);
            }

            await _filler.FillAsync(id, mounts, ct);
            if (config.WorkingDir is { Length: > 1 } folder)
            {
                using var root = core.Images.OpenContainerRootfs(id, readOnly: false);
                WorkingFolder.Make(root, folder);
            }

            var record = new ContainerRecord
            {
                Definition = new ContainerDefinition
                {
                    Id = id,
                    Name = containerName,
                    Created = core.Now,
                    ImageId = imageId.IsEmpty ? "" : imageId.ToString(),
                    Config = config,
                    HostConfig = host,
                    Networks = networks,
                    Mounts = mounts,
                    Driver = core.Images.DriverName,
                    LogPath = logPath,
                },
            };
            await core.Store.InsertAsync(record);
            core.Containers.Add(new Container(record));
            core.Events.Raise(record, "create");
            return new ContainerCreateResponse { Id = id, Warnings = warnings };
        }
        catch
        {
            await UndoAsync(id, containerName, directory, made, layers);
            throw;
        }
    }

    private (Digest Id, ImageConfig? Config) ResolveImage(ContainerConfig config, string? platform, List<string> warnings)
    {
        if (string.IsNullOrEmpty(config.Image))
        {
            return (default, null);
        }

        Platform? wanted = string.IsNullOrEmpty(platform) ? null : Platform.Parse(platform);
        Digest id = core.Images.ResolveTrusted(config.Image, wanted);
        ImageConfig image = core.Images.Config(id);
        if (wanted is null && !string.IsNullOrEmpty(image.Architecture) && image.Architecture != Platform.Host.Architecture)
        {
            warnings.Add(
                $"The requested image's platform ({image.Os}/{image.Architecture}) does not match the detected host platform ({Platform.Host.Os}/{Platform.Host.Architecture}) and no specific platform was requested");
        }

        return (id, image);
    }

    // "Not found" means the image to Docker's clients, which then pull it: whatever else is missing makes the request invalid.
    private static List<ContainerMount> Mounts(Func<List<ContainerMount>> plan)
    {
        try
        {
            return plan();
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
        {
            throw WharfException.Invalid(e.Message);
        }
    }

    private string Claim(string? wanted, string id)
    {
        if (wanted is null)
        {
            return core.Containers.ClaimRandom(id);
        }

        core.Containers.Claim(wanted, id);
        return wanted;
    }

    private static void FillHostname(ContainerConfig config, HostConfig host, string id)
    {
        if (!string.IsNullOrEmpty(config.Hostname))
        {
            return;
        }

        config.Hostname = host.NetworkMode == "host" || host.UTSMode == "host" ? Environment.MachineName : ObjectId.Shorten(id);
    }

    // The network of NetworkMode is among the endpoints, under the name that inspect shows, unless it is the default and others were asked for.
    private Dictionary<string, EndpointSettings> Endpoints(NetworkingConfig? networking, HostConfig host)
    {
        var endpoints = new Dictionary<string, EndpointSettings>(StringComparer.Ordinal);
        string mode = NameOfNetwork(host.NetworkMode!);
        foreach ((string name, EndpointSettings? settings) in networking?.EndpointsConfig ?? [])
        {
            endpoints[name == "default" ? "bridge" : name == host.NetworkMode ? mode : name] = settings?.Copy() ?? new EndpointSettings();
        }

        bool shared = mode.StartsWith("container:", StringComparison.Ordinal);
        if ((shared || mode == "host") && endpoints.Values.Any(e => !string.IsNullOrEmpty(e.MacAddress)))
        {
            throw WharfException.Invalid("conflicting options: mac-address and the network mode");
        }

        if (shared)
        {
            if (endpoints.Any(e => e.Value.IPAMConfig is not null || !e.Key.StartsWith("container:", StringComparison.Ordinal)))
            {
                throw WharfException.Invalid("conflicting options: cannot attach both user-defined and non-user-defined network-modes");
            }

            return [];
        }

        if (endpoints.Count > 0 && mode is "host" or "none" && endpoints.Keys.Any(n => n != mode))
        {
            throw WharfException.Invalid("conflicting options: cannot attach both user-defined and non-user-defined network-modes");
        }

        if (!endpoints.ContainsKey(mode) && (mode != "bridge" || endpoints.Count == 0))
        {
            endpoints[mode] = new EndpointSettings();
        }

        foreach ((string name, EndpointSettings settings) in endpoints)
        {
            Networks.EndpointRules.Check(settings, name, core.Networks.FindNetwork(name));
        }

        return endpoints;
    }

    private string NameOfNetwork(string mode) => core.Networks.FindNetwork(mode)?.Config.Name ?? mode;

    // Each mounted image gets a writable layer that stays empty: it keeps the image from being removed, like a container's.
    private async Task<List<ContainerMount>> PrepareImageMountsAsync(List<ContainerMount> mounts, List<string> layers, CancellationToken ct)
    {
        var prepared = new List<ContainerMount>(mounts.Count);
        foreach (ContainerMount mount in mounts)
        {
            if (mount.Type != "image")
            {
                prepared.Add(mount);
                continue;
            }

            string layer = ObjectId.New();
            layers.Add(layer);
            Digest image = core.Images.ResolveTrusted(mount.Source);
            await core.Images.PrepareContainerAsync(layer, image, new Dictionary<string, string>(), ct);
            prepared.Add(mount with { LayerId = layer, ImageId = image.ToString() });
        }

        return prepared;
    }

    private async Task UndoAsync(string id, string name, string directory, List<string> madeVolumes, List<string> layers)
    {
        core.Containers.Unclaim(name, id);
        try
        {
            foreach (string layer in layers)
            {
                await core.Images.RemoveContainerAsync(layer, CancellationToken.None);
            }

            foreach (string volume in madeVolumes)
            {
                await core.Volumes.RemoveUnusedAsync(volume, CancellationToken.None);
            }

            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception e)
        {
            // The first failure is the caller's answer; leftovers are swept at the next start.
            core.Log.Error($"cannot take back the unfinished container {id}", e);
        }
    }
}
