using Wharf.Api.Containers;
using Wharf.Engine.Containers.Creation;
using Wharf.Images.Containers;
using Wharf.Oci.Images;
using Wharf.Primitives;
using ContainerState = Wharf.Api.Containers.ContainerState;

namespace Wharf.Engine.Containers.Listing;

/// <summary>Everything about one container, from its snapshot.</summary>
internal sealed class ContainerInspector(EngineCore core)
{
    public async Task<ContainerInspectResponse> InspectAsync(Container container, bool size, CancellationToken ct)
    {
        ContainerRecord record = container.Current;
        ContainerDefinition definition = record.Definition;
        string directory = core.ContainerDirectory(record.Id);
        List<string> command = [.. record.Config.Entrypoint ?? [], .. record.Config.Cmd ?? []];
        ContainerSize? bytes = size ? await core.Images.ContainerSizeAsync(record.Id, ct) : null;
        bool hasFiles = record.State.StartedAt is not null;
        return new ContainerInspectResponse
        {
            Id = record.Id,
            Created = Rfc3339.Format(definition.Created),
            Path = command[0],
            Args = command[1..],
            State = State(record.State),
            Image = definition.ImageId,
            ResolvConfPath = hasFiles ? Path.Combine(directory, "resolv.conf") : "",
            HostnamePath = hasFiles ? Path.Combine(directory, "hostname") : "",
            HostsPath = hasFiles ? Path.Combine(directory, "hosts") : "",
            LogPath = record.HostConfig.LogConfig?.Type == "json-file" ? definition.LogPath : "",
            Name = "/" + record.Name,
            RestartCount = record.State.RestartCount,
            Driver = definition.Driver,
            Platform = definition.Platform,
            MountLabel = "",
            ProcessLabel = "",
            AppArmorProfile = "",
            ExecIDs = RunningExecs(container),
            HostConfig = record.HostConfig.Links is null ? record.HostConfig : record.HostConfig.With(host => host.Links = ContainerLinks.Shown(record, core.Containers)),
            GraphDriver = GraphDriver(record),
            SizeRw = bytes?.Writable,
            SizeRootFs = bytes?.Total,
            Mounts = MountView.Of(record, core.Volumes),
            Config = record.Config.With(config => config.MacAddress = NetworkView.AskedMac(record)),
            NetworkSettings = NetworkView.Settings(record, core.Networks),
        };
    }

    public static ContainerState State(RunState state) => new()
    {
        Status = state.Status.Word(),

        // Docker: a container between two restarts counts as running, a paused one too
        Running = state.Status.HasProcess() || state.Status == RunStatus.Restarting,
        Paused = state.Status == RunStatus.Paused,
        Restarting = state.Status == RunStatus.Restarting,
        OOMKilled = state.OomKilled,
        Dead = state.Status == RunStatus.Dead,
        Pid = state.Pid,
        ExitCode = state.ExitCode,
        Error = state.Error,
        StartedAt = Time(state.StartedAt),
        FinishedAt = Time(state.FinishedAt),
        Health = state.Health,
    };

    private static List<string>? RunningExecs(Container container)
    {
        List<string> ids = [.. container.Execs.Values.Where(e => e.Running || !e.Started).Select(e => e.Id)];
        return ids.Count == 0 ? null : ids;
    }

    private DriverData GraphDriver(ContainerRecord record)
    {
        try
        {
            ContainerRootfs rootfs = core.Images.ContainerRootfs(record.Id);
            return new DriverData { Name = rootfs.DriverName, Data = new Dictionary<string, string>(rootfs.DriverData, StringComparer.Ordinal) };
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
        {
            // on its way out
            return new DriverData { Name = record.Definition.Driver, Data = [] };
        }
    }

    private static string Time(DateTimeOffset? time) => time is { } moment ? Rfc3339.Format(moment) : Rfc3339.Zero;
}
