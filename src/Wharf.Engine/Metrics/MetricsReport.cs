using System.Diagnostics;
using Wharf.Api.System;
using Wharf.Engine.Containers;
using Wharf.Engine.Events;
using Wharf.Engine.Host;

namespace Wharf.Engine.Metrics;

/// <summary>The page of <c>--metrics-addr</c>, with the names that dashboards for Docker's daemon know.</summary>
public sealed class MetricsReport
{
    private readonly EngineCore _core;
    private readonly EventJournal _events;
    private readonly EngineInfo _info;

    internal MetricsReport(EngineCore core, EventJournal events, EngineInfo info)
    {
        _core = core;
        _events = events;
        _info = info;
    }

    /// <param name="version">The daemon's version and commit, for the info line.</param>
    /// <param name="commit">See above.</param>
    public string Write(string version, string commit)
    {
        SystemInfo info = _info.Build();
        EngineMetrics metrics = _core.Metrics;
        using Process process = Process.GetCurrentProcess();
        string facts = string.Join(',', new (string Name, string? Value)[]
        {
            ("architecture", info.Architecture), ("commit", commit), ("daemon_id", info.ID), ("graphdriver", info.Driver), ("kernel", info.KernelVersion),
            ("os", info.OperatingSystem), ("os_type", info.OSType), ("os_version", info.OSVersion), ("version", version),
        }.Select(pair => $"{pair.Name}=\"{MetricsText.Escape(pair.Value ?? "")}\""));
        return new MetricsText()
            .Counter("builder_builds_triggered_total", "Number of triggered image builds", metrics.BuildsTriggered)
            .Counter("builder_builds_failed_total", "Number of failed image builds", metrics.BuildsFailed)
            .Histograms("engine_daemon_container_actions_seconds", "The number of seconds it takes to process each container action",
                ("action=\"changes\"", metrics.Changes), ("action=\"commit\"", metrics.Commit), ("action=\"create\"", metrics.Create),
                ("action=\"delete\"", metrics.Delete), ("action=\"start\"", metrics.Start))
            .Labelled("engine_daemon_container_states_containers", "The count of containers in various states", "gauge",
                ("state=\"paused\"", info.ContainersPaused), ("state=\"running\"", info.ContainersRunning), ("state=\"stopped\"", info.ContainersStopped))
            .Gauge("engine_daemon_engine_cpus_cpus", "The number of cpus that the host system of the engine has", info.NCPU)
            .Labelled("engine_daemon_engine_info", "The information related to the engine and the OS it is running on", "gauge", (facts, 1))
            .Gauge("engine_daemon_engine_memory_bytes", "The number of bytes of memory that the host system of the engine has", info.MemTotal)
            .Counter("engine_daemon_events_total", "The number of events logged", _events.Published)
            .Gauge("engine_daemon_events_subscribers_total", "The number of current subscribers to events", _events.Listeners)
            .Counter("engine_daemon_health_checks_total", "The total number of health checks", metrics.HealthChecks)
            .Counter("engine_daemon_health_checks_failed_total", "The total number of failed health checks", metrics.HealthChecksFailed)
            .Counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", process.TotalProcessorTime.TotalSeconds)
            .Gauge("process_open_fds", "Number of open file descriptors.", info.NFd)
            .Gauge("process_resident_memory_bytes", "Resident memory size in bytes.", process.WorkingSet64)
            .Gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeSeconds())
            .ToString();
    }
}
