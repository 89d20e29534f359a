using System.Text;
using System.Text.Json;
using Wharf.Cli.Containers;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Framework.Progress;
using Wharf.Cli.Registry;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

internal static class BuildCommand
{
    public static Command Definition => new("build", "Build an image from a Dockerfile")
    {
        Usage = "[OPTIONS] PATH | URL | -",
        Aliases = ["image build", "build", "builder build"],
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("allow", FlagKind.Strings, "Allow extra privileged entitlement (e.g., \"network.host\", \"security.insecure\", \"device\")"),
            new("build-context", FlagKind.List, "Additional build contexts (e.g., name=path)"),
            new("call", FlagKind.String, "Set method for evaluating build (\"check\", \"outline\", \"targets\")", "build"),
            new("check", FlagKind.Bool, "Shorthand for \"--call=check\""),
            new("explain", FlagKind.Bool, "Say for every step that was not cached which input changed"),
            new("no-cache-filter", FlagKind.Strings, "Do not cache specified stages"),
            new("add-host", FlagKind.List, "Add a custom host-to-IP mapping (\"host:ip\")"),
            new("build-arg", FlagKind.List, "Set build-time variables"),
            new("cache-from", FlagKind.Strings, "Images to consider as cache sources"),
            new("cgroup-parent", FlagKind.String, "Set the parent cgroup for the \"RUN\" instructions during build"),
            new("compress", FlagKind.Bool, "Compress the build context using gzip"),
            new("cpu-period", FlagKind.Int, "Limit the CPU CFS (Completely Fair Scheduler) period"),
            new("cpu-quota", FlagKind.Int, "Limit the CPU CFS (Completely Fair Scheduler) quota"),
            new("cpu-shares", 'c', FlagKind.Int, "CPU shares (relative weight)"),
            new("cpuset-cpus", FlagKind.String, "CPUs in which to allow execution (0-3, 0,1)"),
            new("cpuset-mems", FlagKind.String, "MEMs in which to allow execution (0-3, 0,1)"),
            new("disable-content-trust", FlagKind.Bool, "Skip image verification", "true"),
            new("file", 'f', FlagKind.String, "Name of the Dockerfile (Default is \"PATH/Dockerfile\")"),
            new("force-rm", FlagKind.Bool, "Always remove intermediate containers"),
            new("iidfile", FlagKind.String, "Write the image ID to the file"),
            new("isolation", FlagKind.String, "Container isolation technology"),
            new("label", FlagKind.List, "Set metadata for an image"),
            new("memory", 'm', FlagKind.Bytes, "Memory limit"),
            new("memory-swap", FlagKind.SwapBytes, "Swap limit equal to memory plus swap: -1 to enable unlimited swap"),
            new("network", FlagKind.String, "Set the networking mode for the RUN instructions during build", "default"),
            new("no-cache", FlagKind.Bool, "Do not use cache when building the image"),
            new("platform", FlagKind.String, "Set platform if server is multi-platform capable"),
            new("pull", FlagKind.Bool, "Always attempt to pull a newer version of the image"),
            new("quiet", 'q', FlagKind.Bool, "Suppress the build output and print image ID on success"),
            new("rm", FlagKind.Bool, "Remove intermediate containers after a successful build", "true"),
            new("security-opt", FlagKind.Strings, "Security options"),
            new("shm-size", FlagKind.Bytes, "Size of \"/dev/shm\""),
            new("squash", FlagKind.Bool, "Squash newly built layers into a single new layer"),
            new("tag", 't', FlagKind.List, "Name and optionally a tag in the \"name:tag\" format"),
            new("target", FlagKind.String, "Set the target build stage to build."),
            new("ulimit", ContainerFlags.Ulimit, "Ulimit options"),
        ],
        Complete = Completion.Files,
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        foreach (string tag in call.List("tag"))
        {
            if (!ImageReference.TryParse(tag, out _, out string? error))
            {
                throw new CommandException($"invalid argument \"{tag}\" for \"-t, --tag\" flag: {error}");
            }
        }

        BuildContext context = BuildContext.Open(call.Arguments[0], call.String("file"), cli.Terminal.Input, call.List("build-context"));
        string id = "";
        bool quiet = call.Bool("quiet");
        Stream? content = context.Content;
        if (content is not null && call.Bool("compress"))
        {
            content = new CompressedStream(content);
        }

        var sent = content is null ? null : new CountingStream(content);
        if (BuildCallCommand.Method(call) is { } method)
        {
            return await BuildCallCommand.RunAsync(call, context, method, ct);
        }

        using EngineReply reply = await cli.Client.SendAsync("POST", "/build" + BuildQuery.From(call, context), sent is null ? null : RequestBody.Of(sent), ct,
            [new("X-Registry-Config", RegistryConfig(cli))]);
        if (!quiet && sent is not null)
        {
            cli.Out.WriteLine($"Sending build context to Docker daemon  {Units.Size(sent.Count, 4)}");
        }

        using var captured = new MemoryStream();
        ProgressDisplay display = quiet
            ? new ProgressDisplay(new Framework.Terminal.TextOutput(captured, false), () => 0, cli.Clock)
            : ProgressDisplay.On(cli.Out, cli);
        try
        {
            await display.ShowAsync(reply.Body, aux => id = aux.Text("ID"), ct);
        }
        catch (CommandException e) when (quiet)
        {
            throw new CommandException(Encoding.UTF8.GetString(captured.ToArray()) + e.Message, e.ExitCode);
        }

        if (quiet)
        {
            id = Encoding.UTF8.GetString(captured.ToArray()).Trim();
            cli.Out.WriteLine(id);
        }

        if (call.String("iidfile") is { Length: > 0 } file)
        {
            if (id.Length == 0)
            {
                throw new CommandException($"server did not provide an image ID. Cannot write {file}");
            }

            AtomicFile.Write(file, Encoding.ASCII.GetBytes(id), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, durable: false);
        }

        return 0;
    }

    /// <summary>Every known credential, by server: the engine cannot ask for one in the middle of a build.</summary>
    private static string RegistryConfig(CliContext cli)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            foreach (RegistryAuth auth in new Credentials(cli.Config).All())
            {
                writer.WritePropertyName(auth.Server);
                writer.WriteRawValue(auth.ToJson());
            }

            writer.WriteEndObject();
        }

        string text = System.Buffers.Text.Base64Url.EncodeToString(memory.ToArray());
        return text.PadRight((text.Length + 3) / 4 * 4, '=');
    }
}
