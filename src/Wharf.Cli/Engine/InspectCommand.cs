using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Inspection;
using Wharf.Client;
using Wharf.Primitives;

namespace Wharf.Cli.Engine;

/// <summary>Inspects whatever a name names: the kinds are tried in Docker's order.</summary>
internal static class InspectCommand
{
    private static readonly string[] Kinds = ["container", "image", "network", "volume", "plugin"];
    private static readonly string[] SwarmKinds = ["config", "node", "secret", "service", "task"];

    public static Command Definition => new("inspect", "Return low-level information on Docker objects")
    {
        Usage = "[OPTIONS] NAME|ID [NAME|ID...]",
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("format", 'f', FlagKind.String, FormatHelp.Inspect),
            new("size", 's', FlagKind.Bool, "Display total file sizes if the type is container"),
            new("type", FlagKind.String, "Only inspect objects of the given type"),
        ],
        Complete = Completion.Objects,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        string type = call.String("type");
        if (call.IsSet("type") && type.Length == 0)
        {
            throw new CommandException("type is empty: must be one of \"config\", \"container\", \"image\", \"network\", \"node\", \"plugin\", \"secret\", \"service\", \"task\", \"volume\"");
        }

        if (type.Length > 0 && !Kinds.Contains(type) && !SwarmKinds.Contains(type))
        {
            throw new CommandException($"unknown type: \"{type}\": must be one of \"config\", \"container\", \"image\", \"network\", \"node\", \"plugin\", \"secret\", \"service\", \"task\", \"volume\"");
        }

        return Inspector.RunAsync(call, "container.InspectResponse", name => FindAsync(call, name, type, ct));
    }

    private static async ValueTask<byte[]> FindAsync(Invocation call, string name, string type, CancellationToken ct)
    {
        if (type.Length > 0)
        {
            return await FetchAsync(call, name, type, ct);
        }

        if (string.IsNullOrWhiteSpace(name))
        {
            throw EngineClient.NoName("container");
        }

        foreach (string kind in Kinds)
        {
            try
            {
                return await FetchAsync(call, name, kind, ct);
            }
            catch (WharfException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument || kind == "plugin" && e.Kind != ErrorKind.Unavailable)
            {
                // the next kind may know the name
                continue;
            }
        }

        throw new CommandException($"Error: No such object: {name}");
    }

    private static ValueTask<byte[]> FetchAsync(Invocation call, string name, string kind, CancellationToken ct)
    {
        EngineClient client = call.Cli.Client;
        string path = EngineClient.PathOf(name);
        return kind switch
        {
            "container" => client.InspectContainerRawAsync(name, call.Bool("size"), ct),
            "image" => client.InspectImageRawAsync(name, [], ct),
            "network" => Networks.InspectCommand.FetchAsync(call.Cli, name, false, ct),
            "volume" => Volumes.InspectCommand.FetchAsync(call.Cli, name, ct),
            "plugin" => client.GetBytesAsync($"/plugins/{path}/json", ct),
            _ => client.GetBytesAsync($"/{kind}s/{path}", ct),
        };
    }
}
