using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Output;
using Wharf.Primitives;
using Wharf.Templates.Formatting;
using Wharf.Templates.Values;

namespace Wharf.Cli.Containers;

/// <summary>The fields of <c>ps</c>.</summary>
internal static class ContainerColumns
{
    private const int CommandWidth = 20;
    private const int MountWidth = 15;

    public static Column<ContainerSummary>[] For(TimeProvider clock, bool noTrunc) =>
    [
        new("ID", "CONTAINER ID", c => noTrunc ? c.Id ?? "" : Units.ShortId(c.Id ?? "")),
        new("Names", "NAMES", c => Names(c, noTrunc)),
        new("Image", "IMAGE", c => Image(c, noTrunc)),
        new("Command", "COMMAND", c => GoQuote.Quote(noTrunc ? c.Command ?? "" : Units.Ellipsis(c.Command ?? "", CommandWidth))),
        new("CreatedAt", "CREATED AT", c => GoTime.Unix(c.Created)),
        new("RunningFor", "CREATED", c => Units.Duration(clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(c.Created)) + " ago"),
        new("Ports", "PORTS", c => PortRanges.Describe(c.Ports ?? [])),
        new("State", "STATE", c => c.State ?? ""),
        new("Status", "STATUS", c => c.Status ?? ""),
        new("Size", "SIZE", Size),
        new("Labels", "LABELS", c => Labels.Join(c.Labels)),
        new("Label", "LABEL", c => new TemplateMethod(1, a => c.Labels is { } labels && a[0] is string name && labels.TryGetValue(name, out string? value) ? value : "")) { InJson = false },
        new("Mounts", "MOUNTS", c => string.Join(',', (c.Mounts ?? []).Select(m => Mount(m, noTrunc)))),
        new("LocalVolumes", "LOCAL VOLUMES", c => (c.Mounts ?? []).Count(m => m.Driver == "local").ToString(CultureInfo.InvariantCulture)),
        new("Networks", "NETWORKS", c => string.Join(',', (c.NetworkSettings?.Networks ?? []).Keys.Order(StringComparer.Ordinal))),
        new("Platform", "PLATFORM", Platform),
    ];

    private static string Names(ContainerSummary container, bool noTrunc)
    {
        IEnumerable<string> names = (container.Names ?? []).Select(n => n.TrimStart('/'));

        // names with a slash are links of other containers
        return string.Join(',', noTrunc ? names : names.Where(n => !n.Contains('/')));
    }

    private static string Image(ContainerSummary container, bool noTrunc)
    {
        string image = container.Image ?? "";
        if (image.Length == 0)
        {
            return "<no image>";
        }

        if (noTrunc)
        {
            return image;
        }

        if (container.ImageID is { } id && Units.ShortId(id) == Units.ShortId(image))
        {
            return Units.ShortId(image);
        }

        return ImageReference.TryParse(image, out ImageReference? reference) && reference is { Tag: not null, Digest.IsEmpty: false }
            ? (reference with { Digest = default }).Familiar
            : image;
    }

    private static string Size(ContainerSummary container)
    {
        string own = Units.Size(container.SizeRw ?? 0);
        return container.SizeRootFs > 0 ? $"{own} (virtual {Units.Size(container.SizeRootFs.Value)})" : own;
    }

    private static string Mount(MountPoint mount, bool noTrunc)
    {
        string name = string.IsNullOrEmpty(mount.Name) ? mount.Source ?? "" : mount.Name;
        return noTrunc ? name : Units.Ellipsis(name, MountWidth);
    }

    private static object? Platform(ContainerSummary container) => container.ImageManifestDescriptor?.Platform is { } platform
        ? new TemplateStruct("*v1.Platform", [new("architecture", platform.Architecture), new("os", platform.Os)])
        : TemplateNil.Pointer;
}
