using Wharf.Client.Answers;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

internal static class CommitCommand
{
    public static Command Definition => new("commit", "Create a new image from a container's changes")
    {
        Usage = "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
        Aliases = ["container commit", "commit"],
        Arity = Arity.Between(1, 2),
        Flags =
        [
            new("author", 'a', FlagKind.String, "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")"),
            new("change", 'c', FlagKind.List, "Apply Dockerfile instruction to the created image"),
            new("message", 'm', FlagKind.String, "Commit message"),
            new("pause", 'p', FlagKind.Bool, "Pause container during commit", "true"),
        ],
        Complete = Completion.AllContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        string repository = "";
        string tag = "";
        if (call.Arguments.Count > 1)
        {
            ImageReference name = ImageReference.Parse(call.Arguments[1]);
            if (!name.Digest.IsEmpty)
            {
                throw new CommandException("cannot commit to digest reference");
            }

            name = name.WithDefaultTag();
            repository = name.FamiliarName;
            tag = name.Tag ?? "";
        }

        var query = new Query
        {
            { "container", string.IsNullOrWhiteSpace(call.Arguments[0]) ? throw EngineClient.NoName("container") : call.Arguments[0] },
            { "repo", repository },
            { "tag", tag },
            { "comment", call.String("message") },
            { "author", call.String("author") },
            { "changes", call.List("change") },
            { "pause", call.Bool("pause") ? null : "0" },
        };
        IdResponse response = await call.Cli.Client.PostAsync("/commit" + query, null, ClientJson.Default.IdResponse, ct);
        call.Cli.Out.WriteLine(response.Id ?? "");
        return 0;
    }
}
