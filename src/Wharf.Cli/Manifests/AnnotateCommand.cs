using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

internal static class AnnotateCommand
{
    private const string Summary = "Add additional information to a local image manifest";

    public static Command Definition => new("annotate", Summary)
    {
        Usage = "[OPTIONS] MANIFEST_LIST MANIFEST",
        Description = Summary + ManifestCommands.Notice("docker manifest annotate"),
        Arity = Arity.Exactly(2),
        Flags =
        [
            new("arch", FlagKind.String, "Set architecture"),
            new("os", FlagKind.String, "Set operating system"),
            new("os-features", FlagKind.Strings, "Set operating system feature"),
            new("os-version", FlagKind.String, "Set operating system version"),
            new("variant", FlagKind.String, "Set architecture variant"),
        ],
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ImageReference list = LocalManifests.Parse(call.Arguments[0], "annotate: error parsing name for manifest list");
        ImageReference image = LocalManifests.Parse(call.Arguments[1], "annotate: error parsing name for manifest");
        var local = new LocalManifests(call.Cli.ConfigDirectory);
        ManifestRecord record = local.Find(list, image)
            ?? throw new CommandException($"manifest for image {call.Arguments[1]} does not exist in {call.Arguments[0]}");
        string Or(string flag, string otherwise) => call.String(flag) is { Length: > 0 } given ? given : otherwise;
        ManifestPlatform old = record.Platform ?? new ManifestPlatform("", "");
        var platform = new ManifestPlatform(Or("arch", old.Architecture), Or("os", old.Os))
        {
            OsVersion = Or("os-version", old.OsVersion),
            Variant = Or("variant", old.Variant),
            OsFeatures = [.. old.OsFeatures, .. call.List("os-features").Where(f => !old.OsFeatures.Contains(f)).Distinct()],
        };
        if (!platform.IsKnown)
        {
            throw new CommandException($"manifest entry for image has unsupported os/arch combination: {call.String("os")}/{call.String("arch")}");
        }

        local.Save(list, image, record with { Platform = platform });
        return Task.FromResult(0);
    }
}
