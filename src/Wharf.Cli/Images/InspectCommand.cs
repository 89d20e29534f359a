using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Inspection;
using Wharf.Client.Http;

namespace Wharf.Cli.Images;

internal static class InspectCommand
{
    public static Command Definition => new("inspect", "Display detailed information on one or more images")
    {
        Usage = "[OPTIONS] IMAGE [IMAGE...]",
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("format", 'f', FlagKind.String, FormatHelp.Inspect),
            new("platform", FlagKind.String, "Inspect a specific platform of the multi-platform image.\nIf the image or the server is not multi-platform capable, the command will error out if the platform does not match.\n'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)"),
        ],
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var query = new Query { { "platform", PlatformJson.Of(call.String("platform")) } };
        return Inspector.RunAsync(call, "image.InspectResponse", name => call.Cli.Client.InspectImageRawAsync(name, query, ct));
    }
}
