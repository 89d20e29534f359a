using Wharf.Engine.Containers;
using Wharf.Engine.Logs.Shipping;
using Wharf.Primitives;

namespace Wharf.Engine.Logs;

/// <summary>Opens the logs of containers.</summary>
internal sealed class ContainerLogs(EngineCore core) : IContainerLogs
{
    public Task<ILogStream> OpenAsync(string containerNameOrId, LogQuery query, CancellationToken ct)
    {
        Container container = core.Containers.Get(containerNameOrId);
        if (!query.Stdout && !query.Stderr)
        {
            throw WharfException.Invalid("Bad parameters: you must choose at least one stream");
        }

        ContainerRecord record = container.Current;
        LogDecoder decoder = record.HostConfig.LogConfig?.Type switch
        {
            "json-file" => new JsonFileDecoder(),
            "local" => new LocalLogDecoder(),
            _ when RemoteDrivers.IsRemote(record.HostConfig.LogConfig) && record.HostConfig.LogConfig!.Config?.GetValueOrDefault("cache-disabled") is not ("true" or "1") => new LocalLogDecoder(),
            _ => throw WharfException.Unsupported("configured logging driver does not support reading"),
        };
        Task ended = query.Follow && container.Run is { } run ? run.Ended.Task : Task.CompletedTask;
        var writer = new LogFrameWriter(query, record.Config.Tty);
        return Task.FromResult<ILogStream>(new FileLogStream(LogSettings.FileOf(record, core.ContainerDirectory(record.Id)), decoder, writer, query, ended, core.Log));
    }
}
