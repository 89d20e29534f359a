using System.Globalization;
using Wharf.Api.Volumes;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Output;
using Wharf.Templates.Values;

namespace Wharf.Cli.Volumes;

/// <summary>The fields of <c>volume ls</c>.</summary>
internal static class VolumeColumns
{
    public static readonly Column<Volume>[] All =
    [
        new("Name", "VOLUME NAME", v => v.Name ?? ""),
        new("Driver", "DRIVER", v => v.Driver ?? ""),
        new("Scope", "SCOPE", v => v.Scope ?? ""),
        new("Mountpoint", "MOUNTPOINT", v => v.Mountpoint ?? ""),
        new("Labels", "LABELS", v => Labels.Join(v.Labels)),
        new("Label", "LABEL", v => new TemplateMethod(1, a => v.Labels is { } l && a[0] is string name && l.TryGetValue(name, out string? t) ? t : "")) { InJson = false },
        new("Links", "LINKS", v => v.UsageData is { } usage ? usage.RefCount.ToString(CultureInfo.InvariantCulture) : "N/A"),
        new("Size", "SIZE", v => v.UsageData is { } usage ? Units.Size(usage.Size, 4) : "N/A"),
        new("Group", "GROUP", _ => "N/A"),
        new("Availability", "AVAILABILITY", _ => "N/A"),
        new("Status", "STATUS", _ => "N/A"),
    ];
}
