using Wharf.Api.Containers;

namespace Wharf.Engine.Containers.Creation;

/// <summary>Takes a request apart: what is kept belongs to the container alone, and nothing the caller still holds is changed.</summary>
internal static class RequestCopy
{
    public static ContainerConfig Config(ContainerCreateRequest request) => new()
    {
        Hostname = request.Hostname,
        Domainname = request.Domainname ?? "",
        User = request.User ?? "",
        AttachStdin = request.AttachStdin,
        AttachStdout = request.AttachStdout,
        AttachStderr = request.AttachStderr,
        ExposedPorts = request.ExposedPorts,
        Tty = request.Tty,
        OpenStdin = request.OpenStdin,
        StdinOnce = request.StdinOnce,
        Env = request.Env,
        Cmd = request.Cmd,
        Healthcheck = request.Healthcheck,
        ArgsEscaped = request.ArgsEscaped,
        Image = request.Image ?? "",
        Volumes = request.Volumes,
        WorkingDir = request.WorkingDir ?? "",
        Entrypoint = request.Entrypoint,
        NetworkDisabled = request.NetworkDisabled,
        OnBuild = request.OnBuild,
        Labels = request.Labels is null ? [] : new Dictionary<string, string>(request.Labels, StringComparer.Ordinal),
        StopSignal = request.StopSignal,
        StopTimeout = request.StopTimeout,
        Shell = request.Shell,
    };

    public static HostConfig Host(ContainerCreateRequest request)
    {
        HostConfig host = request.HostConfig?.Copy() ?? new HostConfig();
        host.RestartPolicy = host.RestartPolicy?.Copy();
        host.LogConfig = host.LogConfig?.Copy();
        return host;
    }
}
