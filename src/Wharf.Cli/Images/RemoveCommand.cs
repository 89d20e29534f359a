using Wharf.Api.Images;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Images;

internal static class RemoveCommand
{
    public static Command Definition => new("rm", "Remove one or more images")
    {
        Usage = "[OPTIONS] IMAGE [IMAGE...]",
        OtherNames = ["remove"],
        Aliases = ["image rm", "image remove", "rmi"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("force", 'f', FlagKind.Bool, "Force removal of the image"),
            new("no-prune", FlagKind.Bool, "Do not delete untagged parents"),
            new("platform", FlagKind.Strings, "Remove only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"),
        ],
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        bool force = call.Bool("force");
        var query = new Query
        {
            { "force", force },
            { "noprune", call.Bool("no-prune") },
            { "platforms", call.List("platform").Select(p => PlatformJson.Of(p)!) },
        };
        var errors = new List<string>();
        bool fatal = false;
        foreach (string image in call.Arguments)
        {
            try
            {
                foreach (ImageDeleteResponseItem item in await call.Cli.Client.RemoveImageAsync(image, query, ct))
                {
                    call.Cli.Out.WriteLine(string.IsNullOrEmpty(item.Deleted) ? "Untagged: " + item.Untagged : "Deleted: " + item.Deleted);
                }
            }
            catch (WharfException e) when (e.Kind != ErrorKind.Unavailable)
            {
                errors.Add(e.Message);
                fatal |= e.Kind != ErrorKind.NotFound;
            }
        }

        if (errors.Count == 0)
        {
            return 0;
        }

        string message = string.Join('\n', errors);
        if (force && !fatal)
        {
            call.Cli.Error.WriteLine(message);
            return 0;
        }

        throw new CommandException(message);
    }
}
