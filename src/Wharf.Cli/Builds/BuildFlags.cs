using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>The flags of <c>build</c>: those of Docker's classic builder, those of buildx, and our own.</summary>
internal static class BuildFlags
{
    // Not split at commas: type=registry,ref=… is one value.
    private static readonly FlagKind Sources = FlagKind.Checked("strings", v => v, list: true);

    private static readonly FlagKind Tags = FlagKind.Checked("list", CheckTag, list: true);

    public static Flag[] All =>
    [
        new("allow", FlagKind.Strings, "Allow extra privileged entitlement (e.g., \"network.host\", \"security.insecure\", \"device\")"),
        new("annotation", FlagKind.List, "Add annotation to the image"),
        new("attest", FlagKind.List, "Attestation parameters (format: \"type=provenance,mode=max\")"),
        new("build-context", FlagKind.List, "Additional build contexts (e.g., name=path)"),
        new("builder", FlagKind.String, "Override the configured builder instance"),
        new("cache-to", Sources, "Cache export destinations (e.g., \"type=registry,ref=user/app:cache\")"),
        new("call", FlagKind.String, "Set method for evaluating build (\"check\", \"outline\", \"targets\")", "build"),
        new("check", FlagKind.Bool, "Shorthand for \"--call=check\""),
        new("debug", 'D', FlagKind.Bool, "Shorthand for \"--on-error=shell\""),
        new("explain", FlagKind.Bool, "Say for every step that was not cached which input changed"),
        new("load", FlagKind.Bool, "Shorthand for \"--output=type=docker\""),
        new("metadata-file", FlagKind.String, "Write build result metadata to a file"),
        new("no-cache-filter", FlagKind.Strings, "Do not cache specified stages"),
        new("on-error", FlagKind.String, "What to do when a step fails: \"shell\" opens a shell in what it left"),
        new("output", 'o', FlagKind.List, "Output destination (format: \"type=local,dest=path\")"),
        new("progress", FlagKind.String, "Set type of progress output (\"auto\", \"quiet\", \"plain\", \"tty\", \"rawjson\")", "auto"),
        new("provenance", FlagKind.String, "Shorthand for \"--attest=type=provenance\""),
        new("push", FlagKind.Bool, "Shorthand for \"--output=type=registry\""),
        new("sbom", FlagKind.String, "Shorthand for \"--attest=type=sbom\""),
        new("secret", FlagKind.List, "Secret to expose to the build (format: \"id=mysecret[,src=/local/secret]\")"),
        new("ssh", FlagKind.List, "SSH agent socket or keys to expose to the build (format: \"default|<id>[=<socket>|<key>[,<key>]]\")"),
        new("add-host", ContainerFlags.ExtraHost, "Add a custom host-to-IP mapping (\"host:ip\")"),
        new("build-arg", FlagKind.List, "Set build-time variables"),
        new("cache-from", Sources, "Images to consider as cache sources"),
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
        new("tag", 't', Tags, "Name and optionally a tag in the \"name:tag\" format"),
        new("target", FlagKind.String, "Set the target build stage to build."),
        new("ulimit", ContainerFlags.Ulimit, "Ulimit options"),
    ];

    private static string CheckTag(string value) =>
        ImageReference.TryParse(value, out _, out string? mistake) ? value : throw new FormatException(mistake);

    /// <summary>What this builder does not do is refused by its name, before anything is sent.</summary>
    /// <exception cref="CommandException">One of those was asked for.</exception>
    public static void Refuse(Invocation call)
    {
        if (call.String("builder") is { Length: > 0 } builder and not "default")
        {
            throw new CommandException($"--builder {builder} is not supported: the engine builds by itself");
        }

        if (call.String("platform").Contains(','))
        {
            throw new CommandException($"--platform {call.String("platform")} is not supported: one build makes an image for one platform");
        }

        if (call.String("on-error") is { Length: > 0 } reaction and not "shell")
        {
            throw new CommandException($"invalid --on-error \"{reaction}\": use shell");
        }
    }
}
