using Wharf.Api.Server;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Systems;
using Wharf.Daemon.Logging;
using Wharf.Daemon.Options;

namespace Wharf.Daemon.Hosting;

/// <summary>The rooms of the house put together by hand: who is made in which order, and who ends when.</summary>
internal sealed class Composition : IAsyncDisposable
{
    private readonly DaemonLog log;

    private Composition(DaemonLog log, RouteTable routes)
    {
        this.log = log;
        Routes = routes;
    }

    public RouteTable Routes { get; }

    public static Task<Composition> BuildAsync(DaemonOptions options, DaemonLog log)
    {
        var facts = new DaemonFacts { Version = BuildFacts.Version, GitCommit = BuildFacts.Commit, Experimental = options.Experimental, Complete = info => info };
        return Task.FromResult(new Composition(log, EngineRoutes.BuildDaemon(facts)));
    }

    public void Reload(IReadOnlyList<string> arguments)
    {
        OptionValues values = FlagParser.Parse(arguments);
        ConfigFile.Merge(values);
        log.Level = OptionsBinder.Bind(values, BuildFacts.Version).LogLevel;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
