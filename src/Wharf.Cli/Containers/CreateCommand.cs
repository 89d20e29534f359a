using Wharf.Api.Containers;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers;

internal static class CreateCommand
{
    public static Command Definition => new("create", "Create a new container")
    {
        Usage = "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        Aliases = ["container create", "create"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            .. ContainerFlagTable.Common,
            new("pull", FlagKind.String, "Pull image before creating (\"always\", \"|missing\", \"never\")", "missing"),
        ],
        FlagsAnywhere = false,
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        ContainerCreateRequest request = CreateRequest.Checked(call, "create");
        string id = await ContainerCreator.CreateAsync(call, request, ct);
        call.Cli.Out.WriteLine(id);
        return 0;
    }
}
