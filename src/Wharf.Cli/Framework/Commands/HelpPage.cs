using System.Text;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Plugins;

namespace Wharf.Cli.Framework.Commands;

/// <summary>The page that <c>--help</c> prints, in the layout of the client that users know.</summary>
internal static class HelpPage
{
    /// <param name="command">The command, or the root.</param>
    /// <param name="path">The words that lead to it, program name first.</param>
    /// <param name="program">The program's name.</param>
    /// <param name="width">Columns of the terminal; 80 when there is none.</param>
    /// <param name="hideLegacy">Leaves out the top-level names from before the management commands.</param>
    /// <param name="plugins">Plugins to list on the root's page, with a star.</param>
    public static string Render(Command command, string path, string program, int width, bool hideLegacy, IReadOnlyList<PluginMetadata> plugins)
    {
        var page = new StringBuilder();
        page.Append("Usage:  ").Append(UsageLine(command, path, program)).Append("\n\n");
        page.Append(command.Description is { } description ? description.Replace("{program}", program, StringComparison.Ordinal) : command.Summary).Append('\n');
        if (command.Aliases.Length > 0)
        {
            page.Append("\nAliases:\n  ").AppendJoin(", ", command.Aliases.Select(a => program + " " + a)).Append('\n');
        }

        bool isRoot = path == program;
        Command[] children = [.. (command.Children?.Invoke() ?? []).Where(c => !c.IsHidden && !(hideLegacy && c.IsLegacy))];
        string flags = FlagUsages.Format(command.Flags, width - 1);
        if (isRoot)
        {
            AppendList(page, "Common Commands", children.Where(c => c.Group == CommandGroup.Common));
            IEnumerable<Command> pluginCommands = plugins.Where(p => p.Error is null).Select(p => new Command(p.Name + "*", p.ShortDescription) { Group = CommandGroup.Management });
            AppendList(page, "Management Commands", Sorted([.. children, .. pluginCommands], CommandGroup.Management));
            AppendList(page, "Swarm Commands", Sorted(children, CommandGroup.Swarm));
            AppendList(page, "Commands", Sorted(children, CommandGroup.Plain));
            AppendInvalid(page, plugins);
            page.Append("\nGlobal Options:\n").Append(flags);
        }
        else
        {
            if (flags.Length > 0)
            {
                page.Append("\nOptions:\n").Append(flags);
            }

            AppendList(page, "Commands", children.OrderBy(c => c.Name, StringComparer.Ordinal));
        }

        if (children.Length > 0)
        {
            page.Append("\nRun '").Append(path).Append(" COMMAND --help' for more information on a command.\n");
        }

        page.Append(command.Footer);
        return page.ToString();
    }

    /// <summary>The usage line, path included; the text of further lines has the program's name put in.</summary>
    public static string UsageLine(Command command, string path, string program)
    {
        string usage = command.Usage.Length > 0 ? command.Usage : command.Children is null ? "" : "COMMAND";
        return (path + " " + usage.Replace("{program}", program, StringComparison.Ordinal)).TrimEnd();
    }

    private static void AppendInvalid(StringBuilder page, IReadOnlyList<PluginMetadata> plugins)
    {
        List<PluginMetadata> invalid = [.. plugins.Where(p => p.Error is not null)];
        if (invalid.Count > 0)
        {
            page.Append("\nInvalid Plugins:\n").AppendJoin("", invalid.Select(p => $"  {p.Name.PadRight(11)} {p.Error}\n"));
        }
    }

    private static IEnumerable<Command> Sorted(IEnumerable<Command> commands, CommandGroup group) =>
        commands.Where(c => c.Group == group).OrderBy(c => c.Name, StringComparer.Ordinal);

    private static void AppendList(StringBuilder page, string title, IEnumerable<Command> commands)
    {
        List<Command> list = [.. commands];
        if (list.Count == 0)
        {
            return;
        }

        page.Append('\n').Append(title).Append(":\n");
        foreach (Command command in list)
        {
            page.Append("  ").Append(command.Name.PadRight(11)).Append(' ').Append(command.Summary).Append('\n');
        }
    }
}
