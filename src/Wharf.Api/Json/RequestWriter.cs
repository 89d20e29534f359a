using System.Text.Json;
using Wharf.Api.Containers;
using Wharf.Api.Execs;
using Wharf.Api.Networks;

namespace Wharf.Api.Json;

/// <summary>
/// Writers of the requests that short commands send, member by member: what <see cref="ApiJsonContext"/> would write, without the descriptions of types
/// by which the framework does it. Making those for a container's hundred settings takes a client longer than everything else that it does.
/// </summary>
public static partial class RequestWriter
{
    public static void Write(Utf8JsonWriter json, ContainerCreateRequest request)
    {
        json.WriteStartObject();
        Members(json, request);
        Object(json, nameof(request.HostConfig), request.HostConfig, Members);
        Object(json, nameof(request.NetworkingConfig), request.NetworkingConfig, Members);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ExecCreateRequest request)
    {
        json.WriteStartObject();
        Members(json, request);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ExecStartRequest request)
    {
        json.WriteStartObject();
        Members(json, request);
        json.WriteEndObject();
    }

    private static void Members(Utf8JsonWriter json, ContainerConfig value)
    {
        Text(json, nameof(value.Hostname), value.Hostname);
        Text(json, nameof(value.Domainname), value.Domainname);
        Text(json, nameof(value.User), value.User);
        json.WriteBoolean(nameof(value.AttachStdin), value.AttachStdin);
        json.WriteBoolean(nameof(value.AttachStdout), value.AttachStdout);
        json.WriteBoolean(nameof(value.AttachStderr), value.AttachStderr);
        Names(json, nameof(value.ExposedPorts), value.ExposedPorts);
        json.WriteBoolean(nameof(value.Tty), value.Tty);
        json.WriteBoolean(nameof(value.OpenStdin), value.OpenStdin);
        json.WriteBoolean(nameof(value.StdinOnce), value.StdinOnce);
        Texts(json, nameof(value.Env), value.Env, orNull: true);
        Texts(json, nameof(value.Cmd), value.Cmd, orNull: true);
        Object(json, nameof(value.Healthcheck), value.Healthcheck, Members);
        Flag(json, nameof(value.ArgsEscaped), value.ArgsEscaped);
        Text(json, nameof(value.Image), value.Image);
        Names(json, nameof(value.Volumes), value.Volumes, orNull: true);
        Text(json, nameof(value.WorkingDir), value.WorkingDir);
        Texts(json, nameof(value.Entrypoint), value.Entrypoint, orNull: true);
        Flag(json, nameof(value.NetworkDisabled), value.NetworkDisabled);
        Text(json, nameof(value.MacAddress), value.MacAddress);
        Texts(json, nameof(value.OnBuild), value.OnBuild, orNull: true);
        Texts(json, nameof(value.Labels), value.Labels, orNull: true);
        Text(json, nameof(value.StopSignal), value.StopSignal);
        Number(json, nameof(value.StopTimeout), value.StopTimeout);
        Texts(json, nameof(value.Shell), value.Shell);
    }

    private static void Members(Utf8JsonWriter json, HealthConfig value)
    {
        Texts(json, nameof(value.Test), value.Test);
        NonZero(json, nameof(value.Interval), value.Interval);
        NonZero(json, nameof(value.Timeout), value.Timeout);
        NonZero(json, nameof(value.Retries), value.Retries);
        NonZero(json, nameof(value.StartPeriod), value.StartPeriod);
        NonZero(json, nameof(value.StartInterval), value.StartInterval);
    }

    private static void Members(Utf8JsonWriter json, NetworkingConfig value)
    {
        Entries(json, nameof(value.EndpointsConfig), value.EndpointsConfig, Members);
    }

    private static void Members(Utf8JsonWriter json, EndpointSettings value)
    {
        Object(json, nameof(value.IPAMConfig), value.IPAMConfig, Members, orNull: true);
        Texts(json, nameof(value.Links), value.Links, orNull: true);
        Text(json, nameof(value.MacAddress), value.MacAddress);
        Texts(json, nameof(value.Aliases), value.Aliases, orNull: true);
        Texts(json, nameof(value.DriverOpts), value.DriverOpts, orNull: true);
        json.WriteNumber(nameof(value.GwPriority), value.GwPriority);
        Text(json, nameof(value.NetworkID), value.NetworkID);
        Text(json, nameof(value.EndpointID), value.EndpointID);
        Text(json, nameof(value.Gateway), value.Gateway);
        Text(json, nameof(value.IPAddress), value.IPAddress);
        json.WriteNumber(nameof(value.IPPrefixLen), value.IPPrefixLen);
        Text(json, nameof(value.IPv6Gateway), value.IPv6Gateway);
        Text(json, nameof(value.GlobalIPv6Address), value.GlobalIPv6Address);
        json.WriteNumber(nameof(value.GlobalIPv6PrefixLen), value.GlobalIPv6PrefixLen);
        Texts(json, nameof(value.DNSNames), value.DNSNames, orNull: true);
    }

    private static void Members(Utf8JsonWriter json, EndpointIpamConfig value)
    {
        Text(json, nameof(value.IPv4Address), value.IPv4Address);
        Text(json, nameof(value.IPv6Address), value.IPv6Address);
        Texts(json, nameof(value.LinkLocalIPs), value.LinkLocalIPs);
    }

    private static void Members(Utf8JsonWriter json, ExecCreateRequest value)
    {
        json.WriteBoolean(nameof(value.AttachStdin), value.AttachStdin);
        json.WriteBoolean(nameof(value.AttachStdout), value.AttachStdout);
        json.WriteBoolean(nameof(value.AttachStderr), value.AttachStderr);
        Numbers(json, nameof(value.ConsoleSize), value.ConsoleSize);
        Text(json, nameof(value.DetachKeys), value.DetachKeys);
        json.WriteBoolean(nameof(value.Tty), value.Tty);
        json.WriteBoolean(nameof(value.Detach), value.Detach);
        Texts(json, nameof(value.Env), value.Env);
        Texts(json, nameof(value.Cmd), value.Cmd);
        json.WriteBoolean(nameof(value.Privileged), value.Privileged);
        Text(json, nameof(value.User), value.User);
        Text(json, nameof(value.WorkingDir), value.WorkingDir);
    }

    private static void Members(Utf8JsonWriter json, ExecStartRequest value)
    {
        json.WriteBoolean(nameof(value.Detach), value.Detach);
        json.WriteBoolean(nameof(value.Tty), value.Tty);
        Numbers(json, nameof(value.ConsoleSize), value.ConsoleSize);
    }
}
