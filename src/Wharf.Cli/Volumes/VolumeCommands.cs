using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Volumes;

/// <summary><c>volume …</c></summary>
internal static class VolumeCommands
{
    public static Command Group => new("volume", "Manage volumes")
    {
        Usage = "COMMAND",
        Group = CommandGroup.Management,
        Children = () =>
        [
            CreateCommand.Definition,
            InspectCommand.Definition,
            ListCommand.Definition,
            PruneCommand.Definition,
            RemoveCommand.Definition,
            UpdateCommand.Definition,
        ],
    };
}
