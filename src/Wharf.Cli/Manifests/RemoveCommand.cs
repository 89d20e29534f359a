using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

internal static class RemoveCommand
{
    private const string Summary = "Delete one or more manifest lists from local storage";

    public static Command Definition => new("rm", Summary)
    {
        Usage = "MANIFEST_LIST [MANIFEST_LIST...]",
        Description = Summary + ManifestCommands.Notice("docker manifest rm"),
        Arity = Arity.AtLeast(1),
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var local = new LocalManifests(call.Cli.ConfigDirectory);
        var problems = new List<string>();
        foreach (string argument in call.Arguments)
        {
            try
            {
                ImageReference list = LocalManifests.Parse(argument);
                if (local.List(list) is null)
                {
                    problems.Add($"No such manifest: {list}");
                }
                else
                {
                    local.Remove(list);
                }
            }
            catch (WharfException e)
            {
                problems.Add(e.Message);
            }
        }

        return problems.Count == 0 ? Task.FromResult(0) : throw new CommandException(string.Join('\n', problems));
    }
}
