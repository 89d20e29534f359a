using Wharf.Api.Containers;
using Wharf.Api.Images;
using Wharf.Api.Versions;
using Wharf.Oci.Images;
using ImageConfig = Wharf.Api.Images.ImageConfig;

namespace Wharf.Api.Server.Images;

/// <summary>What containers of an image run by default, as inspect shows it.</summary>
internal static class ImageConfigView
{
    private static readonly ApiVersion ContainerMembersGone = new(1, 50);

    /// <summary>Members that Docker's clients read without asking whether they are there are there, empty or null; until 1.49 those of containers, too.</summary>
    public static ImageConfig? Of(RunConfig? config, ApiVersion version)
    {
        ImageConfig? view = Of(config);
        return view is null || version >= ContainerMembersGone ? view : view.With(changed =>
        {
            changed.Hostname = "";
            changed.Domainname = "";
            changed.Image = "";
            changed.AttachStdin = false;
            changed.AttachStdout = false;
            changed.AttachStderr = false;
            changed.Tty = false;
            changed.OpenStdin = false;
            changed.StdinOnce = false;
        });
    }

    public static ContainerConfig OfNoContainer() => new() { Hostname = "", Domainname = "", User = "", Image = "", WorkingDir = "" };

    private static ImageConfig? Of(RunConfig? config) => config is null ? null : new ImageConfig
    {
        User = config.User ?? "",
        ExposedPorts = Keys(config.ExposedPorts),
        Env = List(config.Env),
        Cmd = List(config.Cmd),
        Healthcheck = config.Healthcheck is not HealthCheck check ? null : new HealthConfig
        {
            Test = List(check.Test),
            Interval = check.Interval,
            Timeout = check.Timeout,
            StartPeriod = check.StartPeriod,
            StartInterval = check.StartInterval,
            Retries = check.Retries,
        },
        ArgsEscaped = config.ArgsEscaped ? true : null,
        Volumes = Keys(config.Volumes),
        WorkingDir = config.WorkingDir ?? "",
        Entrypoint = List(config.Entrypoint),
        OnBuild = List(config.OnBuild),
        Labels = config.Labels is null ? null : new Dictionary<string, string>(config.Labels),
        StopSignal = string.IsNullOrEmpty(config.StopSignal) ? null : config.StopSignal,
        Shell = List(config.Shell),
    };

    private static List<string>? List(IReadOnlyList<string>? list) => list is null ? null : [.. list];

    private static Dictionary<string, EmptyObject>? Keys(SortedDictionary<string, EmptyValue>? set) =>
        set?.ToDictionary(pair => pair.Key, _ => EmptyObject.Instance);
}
