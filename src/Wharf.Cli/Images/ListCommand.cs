using Wharf.Api.Images;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client;
using Wharf.Client.Http;

namespace Wharf.Cli.Images;

internal static class ListCommand
{
    private static readonly ApiVersion TreeSince = new(1, 47);

    public static Command Definition => new("ls", "List images")
    {
        Usage = "[OPTIONS] [REPOSITORY[:TAG]]",
        OtherNames = ["list"],
        Aliases = ["image ls", "image list", "images"],
        Arity = Arity.AtMost(1),
        Flags =
        [
            new("all", 'a', FlagKind.Bool, "Show all images (default hides intermediate images)"),
            new("digests", FlagKind.Bool, "Show digests"),
            new("filter", 'f', FlagKind.Filter, "Filter output based on conditions provided"),
            new("format", FlagKind.String, FormatHelp.List),
            new("no-trunc", FlagKind.Bool, "Don't truncate output"),
            new("quiet", 'q', FlagKind.Bool, "Only show image IDs"),
            new("tree", FlagKind.Bool, "List multi-platform images as a tree (EXPERIMENTAL)"),
        ],
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        List<KeyValuePair<string, string>> filters = Filters.From(call);
        if (call.Arguments.Count > 0 && call.Arguments[0].Length > 0)
        {
            filters.Add(new("reference", call.Arguments[0]));
        }

        bool tree = call.Bool("tree");
        if (tree)
        {
            await CheckTreeAsync(call, ct);
        }

        string format = call.String("format");
        bool quiet = call.Bool("quiet");
        if (format.Length == 0)
        {
            format = cli.Config["imagesFormat"] is { Length: > 0 } configured && !quiet ? configured : "table";
        }

        var query = new Query { { "all", call.Bool("all") }, { "manifests", tree } };
        query.AddFilters(filters);
        List<ImageSummary> images = await cli.Client.ListImagesAsync(query, ct);
        if (tree)
        {
            cli.Out.Write(ImageTree.Render(images, cli.UseColour));
            return 0;
        }

        bool digests = call.Bool("digests");
        string table = digests
            ? "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
            : "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
        bool withDigests = digests || format.Contains("{{.Digest}}", StringComparison.Ordinal) && !format.Contains("{{.Tag}}", StringComparison.Ordinal);
        format = quiet
            ? RawFormat.ExpandQuiet(format, "image_id", "ID")
            : RawFormat.Expand(format,
            [
                RawFormat.Field("repository", "Repository"), RawFormat.Field("tag", "Tag"),
                .. digests ? [RawFormat.Field("digest", "Digest")] : Array.Empty<(string, string)>(),
                RawFormat.Field("image_id", "ID"), RawFormat.Field("created_at", "CreatedAt"), RawFormat.Field("virtual_size", "Size"),
            ]);
        cli.Out.Write(TableFormat.Render(
            quiet && format == "table" ? "{{.ID}}" : format, table, "*formatter.imageContext",
            ImageRows.Columns(cli.Clock, call.Bool("no-trunc")), ImageRows.From(images, withDigests)));
        return 0;
    }

    private static async Task CheckTreeAsync(Invocation call, CancellationToken ct)
    {
        foreach (string other in (string[])["quiet", "format"])
        {
            if (call.IsSet(other))
            {
                throw new CommandException($"--{other} is not yet supported with --tree");
            }
        }

        await call.Cli.Client.AgreeAsync(ct);
        if (call.Cli.Client.Version < TreeSince)
        {
            throw new CommandException($"\"--tree\" requires API version {TreeSince}, but the Docker daemon API version is {call.Cli.Client.Version}");
        }
    }
}
