using Wharf.Cli.Builds;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Images;

/// <summary><c>image …</c></summary>
internal static class ImageCommands
{
    public static Command Group => new("image", "Manage images")
    {
        Group = CommandGroup.Management,
        Children = () =>
        [
            AttestationsCommand.Definition,
            BuildCommand.Definition,
            HistoryCommand.Definition,
            ImportCommand.Definition,
            InspectCommand.Definition,
            LoadCommand.Definition,
            ListCommand.Definition,
            PruneCommand.Definition,
            PullCommand.Definition,
            PushCommand.Definition,
            RemoveCommand.Definition,
            SaveCommand.Definition,
            TagCommand.Definition,
        ],
    };
}
