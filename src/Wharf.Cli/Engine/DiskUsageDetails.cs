using System.Globalization;
using System.Text;
using Wharf.Api.Builds;
using Wharf.Api.Containers;
using Wharf.Api.Images;
using Wharf.Api.System;
using Wharf.Api.Volumes;
using Wharf.Cli.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Images;
using Wharf.Cli.Volumes;
using Wharf.Templates.Values;

namespace Wharf.Cli.Engine;

/// <summary><c>system df -v</c>: a table for each kind, or a template over all of them.</summary>
internal sealed class DiskUsageDetails(DiskUsageResponse usage, TimeProvider clock)
{
    private const string TypeName = "*formatter.diskUsageContext";
    private const string ImageTable = "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}";
    private const string ContainerTable = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}";
    private const string VolumeTable = "{{.Name}}\t{{.Links}}\t{{.Size}}";
    private const string CacheTable = "{{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}";

    private readonly List<ImageRow> _images = [.. (usage.ImageUsage?.Items ?? usage.Images ?? []).Select(ImageRows.First)];

    // Only what a container's removal would free: not the size of its image.
    private readonly List<ContainerSummary> _containers = [.. (usage.ContainerUsage?.Items ?? usage.Containers ?? []).Select(c => c.With(own => own.SizeRootFs = null))];
    private readonly List<Volume> _volumes = usage.VolumeUsage?.Items ?? usage.Volumes ?? [];
    private readonly List<BuildCache> _cache = usage.BuildCacheUsage?.Items ?? usage.BuildCache ?? [];

    public string Render(string format)
    {
        if (format == "raw")
        {
            return Raw();
        }

        if (format != "table")
        {
            return TableFormat.Render(format, All());
        }

        var page = new StringBuilder("Images space usage:\n\n");
        page.Append(TableFormat.Render(format, ImageTable, TypeName, ImageRows.Columns(clock, noTrunc: false), _images));
        page.Append("\nContainers space usage:\n\n");
        page.Append(TableFormat.Render(format, ContainerTable, TypeName, ContainerColumns.For(clock, noTrunc: false), _containers));
        page.Append("\nLocal Volumes space usage:\n\n");
        page.Append(TableFormat.Render(format, VolumeTable, TypeName, VolumeColumns.All, _volumes));
        page.Append("\nBuild cache usage: ").Append(Units.Size(_cache.Sum(c => c.Size), 4)).Append("\n\n");
        page.Append(TableFormat.Render(format, CacheTable, TypeName, CacheColumns(noTrunc: false), _cache));
        return page.ToString();
    }

    private string Raw()
    {
        var page = new StringBuilder();
        page.Append(Paragraphs("Image", ImageRows.Columns(clock, noTrunc: true), _images, ("repository", "Repository"), ("tag", "Tag"), ("digest", "Digest"), ("image_id", "ID"),
            ("created_at", "CreatedAt"), ("virtual_size", "Size")));
        page.Append(Paragraphs("Container", ContainerColumns.For(clock, noTrunc: true), _containers, ("container_id", "ID"), ("image", "Image"), ("command", "Command"),
            ("created_at", "CreatedAt"), ("state", "State"), ("status", "Status"), ("names", "Names"), ("labels", "Labels"), ("ports", "Ports"), ("size", "Size")));
        page.Append(Paragraphs("Volume", VolumeColumns.All, _volumes, ("name", "Name"), ("driver", "Driver")));
        page.Append(Paragraphs("Build Cache", CacheColumns(noTrunc: true), _cache, ("build_cache_id", "ID"), ("parent_id", "Parent"), ("build_cache_type", "CacheType"),
            ("description", "Description"), ("created_at", "CreatedAt"), ("created_since", "CreatedSince"), ("last_used_at", "LastUsedAt"), ("last_used_since", "LastUsedSince"),
            ("usage_count", "UsageCount"), ("in_use", "InUse"), ("shared", "Shared")));
        return page.ToString();
    }

    private static string Paragraphs<T>(string type, IReadOnlyList<Column<T>> columns, List<T> items, params (string Title, string Name)[] fields) =>
        TableFormat.Render(RawFormat.Expand("raw", [("type", " " + type), .. fields.Select(f => f.Title is "labels" or "ports" ? RawFormat.Padded(f.Title, f.Name) : RawFormat.Field(f.Title, f.Name))]), "", TypeName, columns, items);

    private TemplateStruct All() => new(TypeName,
    [
        new("Images", Rows("*formatter.imageContext", ImageRows.Columns(clock, noTrunc: true), _images)),
        new("Containers", Rows("*formatter.ContainerContext", ContainerColumns.For(clock, noTrunc: true), _containers)),
        new("Volumes", Rows("*formatter.volumeContext", VolumeColumns.All, _volumes)),
        new("BuildCache", Rows("*formatter.buildCacheContext", CacheColumns(noTrunc: true), _cache)),
    ])
    {
        EscapesHtml = true,
    };

    private static List<object?> Rows<T>(string typeName, IReadOnlyList<Column<T>> columns, List<T> items) => items.ConvertAll(object? (item) => new Row<T>(typeName, columns, item));

    private Column<BuildCache>[] CacheColumns(bool noTrunc) =>
    [
        new("ID", "CACHE ID", c => noTrunc ? c.ID : Units.ShortId(c.ID ?? "")),
        new("Parent", "PARENT", c => string.Join(", ", (c.Parents ?? []).Select(p => noTrunc ? p : Units.ShortId(p)))),
        new("CacheType", "CACHE TYPE", c => c.Type),
        new("Description", "DESCRIPTION", c => c.Description),
        new("InUse", "IN USE", c => c.InUse ? "true" : "false"),
        new("Shared", "SHARED", c => c.Shared ? "true" : "false"),
        new("Size", "SIZE", c => Units.Size(c.Size, 4)),
        new("CreatedAt", "CREATED AT", c => At(c.CreatedAt)),
        new("CreatedSince", "CREATED", c => Since(c.CreatedAt)),
        new("LastUsedAt", "LAST USED AT", c => At(c.LastUsedAt)),
        new("LastUsedSince", "LAST USED", c => Since(c.LastUsedAt)),
        new("UsageCount", "USAGE", c => c.UsageCount.ToString(CultureInfo.InvariantCulture)),
    ];

    private static string At(string? time) => Time(time) is { } moment ? GoTime.Exact(moment, time!) : "";

    private string Since(string? time) => Time(time) is { } moment ? Units.Duration(clock.GetUtcNow() - moment) + " ago" : "";

    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out DateTimeOffset parsed) ? parsed : null;
}
