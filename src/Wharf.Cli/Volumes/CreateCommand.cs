using Wharf.Client.Answers;
using Wharf.Api.Volumes;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client.Http;

namespace Wharf.Cli.Volumes;

internal static class CreateCommand
{
    private static readonly string[] ClusterFlags =
        ["availability", "group", "limit-bytes", "required-bytes", "scope", "secret", "sharing", "topology-preferred", "topology-required", "type"];

    public static Command Definition => new("create", "Create a volume")
    {
        Usage = "[OPTIONS] [VOLUME]",
        Arity = Arity.AtMost(1),
        Flags =
        [
            new("availability", FlagKind.String, "Cluster Volume availability (\"active\", \"pause\", \"drain\")", "active"),
            new("driver", 'd', FlagKind.String, "Specify volume driver name", "local"),
            new("group", FlagKind.String, "Cluster Volume group (cluster volumes)"),
            new("label", FlagKind.List, "Set metadata for a volume"),
            new("limit-bytes", FlagKind.Bytes, "Minimum size of the Cluster Volume in bytes"),
            new("name", FlagKind.String, "Specify volume name") { IsHidden = true },
            new("opt", 'o', FlagKind.Map, "Set driver specific options"),
            new("required-bytes", FlagKind.Bytes, "Maximum size of the Cluster Volume in bytes"),
            new("scope", FlagKind.String, "Cluster Volume access scope (\"single\", \"multi\")", "single"),
            new("secret", FlagKind.Map, "Cluster Volume secrets"),
            new("sharing", FlagKind.String, "Cluster Volume access sharing (\"none\", \"readonly\", \"onewriter\", \"all\")", "none"),
            new("topology-preferred", FlagKind.List, "A topology that the Cluster Volume would be preferred in"),
            new("topology-required", FlagKind.List, "A topology that the Cluster Volume must be accessible from"),
            new("type", FlagKind.String, "Cluster Volume access type (\"mount\", \"block\")", "block"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        foreach (string flag in ClusterFlags)
        {
            if (call.IsSet(flag))
            {
                throw new CommandException($"--{flag} concerns cluster volumes, and the engine is not in a swarm");
            }
        }

        if (call.Arguments.Count > 0 && call.String("name").Length > 0)
        {
            throw new CommandException("conflicting options: cannot specify a volume-name through both --name and as a positional arg");
        }

        var request = new VolumeCreateRequest
        {
            Name = call.Arguments.Count > 0 ? call.Arguments[0] : call.String("name") is { Length: > 0 } name ? name : null,
            Driver = call.String("driver"),
            DriverOpts = KeyValues.ToMap(call.List("opt")),
            Labels = KeyValues.ToMap(call.List("label")),
        };
        Volume volume = await call.Cli.Client.PostAsync("/volumes/create",
            RequestBody.Json(request, ClientJson.Default.VolumeCreateRequest), ClientJson.Default.Volume, ct);
        call.Cli.Out.WriteLine(volume.Name ?? "");
        return 0;
    }
}
