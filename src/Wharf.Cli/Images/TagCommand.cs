using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Images;

internal static class TagCommand
{
    public static Command Definition => new("tag", "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE")
    {
        Usage = "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
        Aliases = ["image tag", "tag"],
        Arity = Arity.Exactly(2),
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        if (!ImageReference.TryParse(call.Arguments[1], out ImageReference? target, out string? error))
        {
            throw new CommandException($"Error parsing reference: \"{call.Arguments[1]}\" is not a valid repository/tag: {error}");
        }

        if (!target.Digest.IsEmpty)
        {
            throw new CommandException("refusing to create a tag with a digest reference");
        }

        await call.Cli.Client.TagImageAsync(call.Arguments[0], target.FamiliarName, target.WithDefaultTag().Tag!, ct);
        return 0;
    }
}
