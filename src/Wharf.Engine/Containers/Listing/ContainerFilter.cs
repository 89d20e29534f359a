using System.Globalization;
using Wharf.Engine.Mounts;
using Wharf.Engine.Networks;
using Wharf.Network.Networks;
using Wharf.Network.Ports;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Listing;

/// <summary>The filters of <c>ps</c>, read once and asked for each container.</summary>
internal sealed class ContainerFilter
{
    private static readonly string[] States = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];
    private static readonly string[] HealthStates = ["none", "starting", "healthy", "unhealthy"];

    private readonly FilterSet _filters;
    private readonly EngineCore _core;
    private readonly DateTimeOffset? _before;
    private readonly DateTimeOffset? _since;
    private readonly HashSet<int>? _exitCodes;
    private readonly HashSet<string>? _images;
    private readonly HashSet<ContainerPort>? _published;
    private readonly HashSet<ContainerPort>? _exposed;

    public ContainerFilter(FilterSet filters, EngineCore core)
    {
        _filters = filters;
        _core = core;
        CheckWords("status", States);
        CheckWords("health", HealthStates);
        _before = Created("before");
        _since = Created("since");
        _exitCodes = filters.Has("exited") ? [.. filters.Get("exited").Select(ExitCode)] : null;
        _images = filters.Has("ancestor") ? [.. filters.Get("ancestor").Select(Image)] : null;
        _published = Ports("publish");
        _exposed = Ports("expose");
        if (filters.Has("is-task"))
        {
            _ = filters.Flag("is-task", absent: false);
        }
    }

    public bool Matches(ContainerRecord record)
    {
        RunState state = record.State;
        bool running = state.Status.HasProcess() || state.Status == RunStatus.Restarting;
        return _filters.Exact("status", state.Status.Word())
            && _filters.Exact("health", state.Health?.Status ?? "none")
            && _filters.Pattern("id", record.Id)
            && (_filters.Pattern("name", record.Name) || _filters.Pattern("name", "/" + record.Name))
            && _filters.AllPairs("label", record.Config.Labels)
            && _filters.Exact("isolation", record.HostConfig.Isolation ?? "")
            && (_before is null || record.Definition.Created < _before)
            && (_since is null || record.Definition.Created > _since)
            && (_exitCodes is null || (!running && state.StartedAt is not null && _exitCodes.Contains(state.ExitCode)))
            && (_images is null || IsOf(record))
            && !_filters.Contains("is-task", "true")
            && MatchesVolume(record)
            && MatchesNetwork(record)
            && (_published is null || (record.Sandbox?.Ports.Any(p => _published.Contains(p.Port with { Port = p.HostPort })) ?? false))
            && (_exposed is null || (record.Config.ExposedPorts ?? []).Keys.SelectMany(PortSpecification.ParseExposed).Any(_exposed.Contains));
    }

    private void CheckWords(string key, string[] words)
    {
        foreach (string value in _filters.Get(key))
        {
            if (!words.Contains(value))
            {
                throw WharfException.Invalid($"invalid filter '{key}={value}'");
            }
        }
    }

    private DateTimeOffset? Created(string key) => _filters.Get(key) is [var name, ..] ? _core.Containers.Get(name).Current.Definition.Created : null;

    private static int ExitCode(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int code)
        ? code
        : throw WharfException.Invalid($"invalid filter 'exited={text}'");

    private string Image(string name) => _core.Images.TryResolve(name, out Digest id) ? id.ToString() : name;

    private bool IsOf(ContainerRecord record)
    {
        if (_images!.Contains(record.Definition.ImageId) || _images.Contains(record.Config.Image ?? ""))
        {
            return true;
        }

        // an image below the container's own counts as an ancestor too
        string image = record.Definition.ImageId;
        for (int depth = 0; image.Length > 0 && depth < 256; depth++)
        {
            try
            {
                Digest parent = _core.Images.Inspect(image).Parent;
                image = parent.IsEmpty ? "" : parent.ToString();
            }
            catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
            {
                return false;
            }

            if (_images.Contains(image))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesVolume(ContainerRecord record) =>
        !_filters.Has("volume") || record.Definition.Mounts.Exists(m => _filters.Contains("volume", m.Name) || _filters.Contains("volume", m.Source) || _filters.Get("volume").Any(v => MountPath.Clean(v) == m.Destination));

    private bool MatchesNetwork(ContainerRecord record)
    {
        if (!_filters.Has("network"))
        {
            return true;
        }

        foreach (string name in record.Definition.Networks.Keys)
        {
            NetworkRecord? network = _core.Networks.Networks.FirstOrDefault(n => n.Name == name || n.Id == name);
            if (_filters.Contains("network", name) || (network is not null && (_filters.Contains("network", network.Name) || _filters.Prefix("network", network.Id))))
            {
                return true;
            }
        }

        return false;
    }

    private HashSet<ContainerPort>? Ports(string key) => _filters.Has(key) ? [.. _filters.Get(key).SelectMany(PortSpecification.ParseExposed)] : null;
}
