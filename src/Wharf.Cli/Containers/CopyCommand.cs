using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

internal static class CopyCommand
{
    public static Command Definition => new("cp", "Copy files/folders between a container and the local filesystem")
    {
        Usage = "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n	{program} cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
        Description = "Copy files/folders between a container and the local filesystem\n\nUse '-' as the source to read a tar archive from stdin\nand extract it to a directory destination in a container.\nUse '-' as the destination to stream a tar archive of a\ncontainer source to stdout.",
        Aliases = ["container cp", "cp"],
        Arity = Arity.Exactly(2),
        Flags =
        [
            new("archive", 'a', FlagKind.Bool, "Archive mode (copy all uid/gid information)"),
            new("follow-link", 'L', FlagKind.Bool, "Always follow symbol link in SRC_PATH"),
            new("quiet", 'q', FlagKind.Bool, "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached"),
        ],
        Complete = Completion.ContainersAndFiles,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        (string? fromContainer, string source) = Split(call.Arguments[0]);
        (string? toContainer, string target) = Split(call.Arguments[1]);
        if (call.Arguments[0].Length == 0 || call.Arguments[1].Length == 0)
        {
            throw new CommandException(call.Arguments[0].Length == 0 ? "source can not be empty" : "destination can not be empty");
        }

        return (fromContainer, toContainer) switch
        {
            (not null, not null) => throw new CommandException("copying between containers is not supported"),
            (not null, null) => FromAsync(call, fromContainer, source, target, ct),
            (null, not null) => ToAsync(call, source, toContainer, target, ct),
            _ => throw new CommandException("must specify at least one container source"),
        };
    }

    /// <summary>A path that begins with a slash or a dot is a local one, whatever colons it has.</summary>
    internal static (string? Container, string Path) Split(string argument)
    {
        int colon = argument.IndexOf(':');
        return argument.Length == 0 || argument[0] is '/' or '.' || colon < 0 ? (null, argument) : (argument[..colon], argument[(colon + 1)..]);
    }

    private static async Task<int> FromAsync(Invocation call, string container, string source, string target, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        if (call.Bool("follow-link"))
        {
            (PathStat stat, _) = await TryStatAsync(cli, container, source, ct);
            if (stat.IsLink)
            {
                source = PathStat.Resolve(source, stat.LinkTarget);
            }
        }

        using EngineReply reply = await cli.Client.SendAsync("GET", ArchivePath(container, source), null, ct);
        if (target == "-")
        {
            await reply.Body.CopyToAsync(cli.Out.Stream, ct);
            return 0;
        }

        PathStat info = PathStat.Parse(reply.Head["X-Docker-Container-Path-Stat"]);
        long size = await ArchiveExtractor.ExtractAsync(reply.Body, new CopyTarget(source, info.IsDirectory, target), call.Bool("archive"), ct);
        Report(call, size, target);
        return 0;
    }

    private static async Task<int> ToAsync(Invocation call, string source, string container, string target, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        (PathStat stat, bool exists) = await TryStatAsync(cli, container, target, ct);
        if (exists && stat.IsLink)
        {
            target = PathStat.Resolve(target, stat.LinkTarget);
            (stat, exists) = await TryStatAsync(cli, container, target, ct);
        }

        string directory = target;
        Stream content;
        if (source == "-")
        {
            if (!exists || !stat.IsDirectory)
            {
                throw new CommandException($"destination \"{container}:{target}\" must be a directory");
            }

            content = cli.Terminal.Input;
        }
        else
        {
            (directory, string? name) = CopyTarget.Inside(source, target, exists, exists && stat.IsDirectory);
            content = ArchiveBuilder.Open(source, name, call.Bool("follow-link"));
        }

        long size;
        await using (content)
        {
            var counted = new CountingStream(content);
            var query = new Query { { "path", directory }, { "noOverwriteDirNonDir", "true" }, { "copyUIDGID", call.Bool("archive") ? "true" : null } };
            using EngineReply reply = await cli.Client.SendAsync("PUT", $"/containers/{EngineClient.PathOf(container)}/archive{query}", RequestBody.Of(counted), ct);
            await reply.ReadAllAsync(ct);
            size = counted.Count;
        }

        Report(call, size, $"{container}:{call.Arguments[1][(call.Arguments[1].IndexOf(':') + 1)..]}");
        return 0;
    }

    private static void Report(Invocation call, long size, string target)
    {
        if (!call.Bool("quiet") && call.Cli.Error.IsTerminal)
        {
            call.Cli.Error.WriteLine($"Successfully copied {Units.Size(size)} to {target}");
        }
    }

    private static async Task<(PathStat Stat, bool Exists)> TryStatAsync(CliContext cli, string container, string path, CancellationToken ct)
    {
        try
        {
            using EngineReply reply = await cli.Client.SendAsync("HEAD", ArchivePath(container, path), null, ct);
            return (PathStat.Parse(reply.Head["X-Docker-Container-Path-Stat"]), true);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
        {
            // the transfer itself tells whether the container or only the path is missing
            return (default, false);
        }
    }

    private static string ArchivePath(string container, string path) =>
        $"/containers/{EngineClient.PathOf(container)}/archive" + new Query { { "path", path.Length > 0 ? path : "/" } };

    /// <summary>What the engine says of a path inside a container: the header's base64 JSON.</summary>
    internal readonly record struct PathStat(bool IsDirectory, bool IsLink, string LinkTarget)
    {
        private const long DirectoryBit = 1L << 31;
        private const long LinkBit = 1L << 27;

        public static PathStat Parse(string? header)
        {
            if (string.IsNullOrEmpty(header))
            {
                throw new CommandException("the engine did not describe the path");
            }

            using JsonDocument json = JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(header)));
            long mode = json.RootElement.Number("mode");
            return new PathStat((mode & DirectoryBit) != 0, (mode & LinkBit) != 0, json.RootElement.Text("linkTarget"));
        }

        public static string Resolve(string link, string target) =>
            target.StartsWith('/') ? target : Path.Combine(Path.GetDirectoryName(link.TrimEnd('/')) ?? "/", target);
    }
}
