using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Framework.Plugins;
using Wharf.Cli.Framework.Terminal;
using Wharf.Primitives;

namespace Wharf.Cli.Framework;

/// <summary>From words to a running command and its exit status: global flags, the way down the tree, flags, arity, errors.</summary>
internal sealed class Dispatcher(string program, Command root, ITerminal terminal, Func<string, string?> environment)
{
    private const int FlagError = 125;
    private const int BrokenPipe = 141;

    public async Task<int> RunAsync(IReadOnlyList<string> words, CancellationToken ct)
    {
        try
        {
            return await RunGlobalAsync(words, ct);
        }
        catch (CommandException e)
        {
            if (e.Message.Length > 0)
            {
                terminal.Error.WriteLine(VisibleText.Of(e.Message));
            }

            return e.ExitCode;
        }
        catch (WharfException e)
        {
            terminal.Error.WriteLine(VisibleText.Of(e.Message));
            return 1;
        }
        catch (BrokenOutputException)
        {
            return BrokenPipe;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine(FileErrors.Text(e));
            return 1;
        }
    }

    private async Task<int> RunGlobalAsync(IReadOnlyList<string> words, CancellationToken ct)
    {
        FlagParser.Outcome parsed;
        try
        {
            parsed = FlagParser.Parse(root.Flags, words, flagsAnywhere: false);
        }
        catch (FlagParser.FlagException e)
        {
            throw new CommandException($"{e.Message}\n\nUsage:  {program} [OPTIONS] COMMAND [ARG...]\n\nRun '{program} --help' for more information", FlagError);
        }

        WarnOfShortHelp(parsed);
        using var cli = new CliContext(program, terminal, environment, parsed.Values);
        if (parsed.Values.Bool("version"))
        {
            cli.Out.WriteLine(VersionLine(program));
            return 0;
        }

        Validate(parsed.Values);
        if (parsed.WantsHelp || parsed.Arguments.Count == 0)
        {
            return Help(root, program, cli, asked: parsed.WantsHelp);
        }

        List<string> arguments = WithAlias(parsed.Arguments, cli);
        List<string> globalWords = [.. words.Take(words.Count - parsed.Arguments.Count)];
        return arguments[0] == "help"
            ? HelpFor(arguments, globalWords, cli)
            : await RunCommandAsync(arguments, globalWords, cli, ct);
    }

    public static string VersionLine(string program) => $"{(program == "docker" ? "Docker" : "Wharf")} version {BuildInfo.Version}, build {BuildInfo.Commit}";

    private static void Validate(FlagValues globals)
    {
        if (globals.IsSet("host") && globals.IsSet("context"))
        {
            throw new CommandException("conflicting options: cannot specify both --host and --context");
        }

        string level = globals.String("log-level");
        if (level is not ("trace" or "debug" or "info" or "warn" or "warning" or "error" or "fatal" or "panic"))
        {
            throw new CommandException($"Unable to parse logging level: {level}");
        }
    }

    // Docker lets config.json give "builder" to another command, and nothing else.
    private static List<string> WithAlias(List<string> words, CliContext cli)
    {
        IReadOnlyDictionary<string, string> aliases = cli.Config.Map("aliases");
        foreach (string name in aliases.Keys)
        {
            if (name != "builder")
            {
                throw new CommandException($"not allowed to alias with \"{name}\" (allowed: [\"builder\"])");
            }
        }

        return aliases.TryGetValue(words[0], out string? target) && target.Length > 0
            ? [.. target.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. words.Skip(1)]
            : words;
    }

    private async Task<int> RunCommandAsync(List<string> words, List<string> globalWords, CliContext cli, CancellationToken ct)
    {
        Command command = root;
        string path = program;
        int used = 0;
        while (command.Children is not null && used < words.Count && !words[used].StartsWith('-'))
        {
            Command? child = command.Find(words[used]);
            if (child is null)
            {
                if (command.Run is not null)
                {
                    break;
                }

                if (command != root)
                {
                    // a wrong flag is told before the command that there is not
                    _ = ParseFlags(command, path, words.GetRange(used, words.Count - used));
                }

                throw command == root && PluginFolders.Find(words[used], cli.Config) is { } plugin
                    ? PluginProgram.Become(plugin, [.. globalWords, .. words])
                    : Unknown(command, path, words[used]);
            }

            command = child;
            path += " " + child.Name;
            used++;
        }

        FlagParser.Outcome parsed = ParseFlags(command, path, words.GetRange(used, words.Count - used));
        ContentTrust.Check(command, parsed.Values, cli);
        WarnOfShortHelp(parsed);
        foreach (string warning in parsed.Warnings)
        {
            terminal.Error.WriteLine(warning);
        }

        if (parsed.WantsHelp || command.Run is null)
        {
            return parsed.WantsHelp || parsed.Arguments.Count == 0
                ? Help(command, path, cli, asked: parsed.WantsHelp)
                : throw Unknown(command, path, parsed.Arguments[0]);
        }

        if (command.Arity.Complaint(parsed.Arguments.Count, path, HelpPage.UsageLine(command, path, program)) is { } complaint)
        {
            throw new CommandException($"{program}: {complaint}");
        }

        return await command.Run(new Invocation(command, path, parsed.Values, parsed.Arguments, cli), ct);
    }

    private FlagParser.Outcome ParseFlags(Command command, string path, List<string> words)
    {
        try
        {
            return command.TakesAll
                ? new FlagParser.Outcome(new FlagValues(command.Flags), words, WantsHelp: words is ["--help"], UsedShortHelp: false, [])
                : FlagParser.Parse(command.Flags, words, command.FlagsAnywhere);
        }
        catch (FlagParser.FlagException e)
        {
            string usage = command.Run is null ? $"{path} {command.Usage}".TrimEnd() : HelpPage.UsageLine(command, path, program);
            throw new CommandException($"{e.Message}\n\nUsage:  {usage}\n\nRun '{path} --help' for more information", FlagError);
        }
    }

    private CommandException Unknown(Command command, string path, string word) => new(
        path == program
            ? $"{program}: unknown command: {path} {word}\n\nRun '{path} --help' for more information"
            : $"{program}: unknown command: {path} {word}\n\nUsage:  {path}{(command.Usage.Length > 0 ? " " + command.Usage : "")}\n\nRun '{path} --help' for more information");

    private int HelpFor(List<string> words, List<string> globalWords, CliContext cli)
    {
        Command command = root;
        string path = program;
        foreach (string word in words.Skip(1))
        {
            command = command.Find(word) ?? throw (command == root && PluginFolders.Find(word, cli.Config) is { } plugin
                ? PluginProgram.Become(plugin, [.. globalWords, word, .. words.Skip(2), "--help"])
                : new CommandException($"unknown help topic: {word}"));
            path += " " + command.Name;
        }

        return Help(command, path, cli, asked: true);
    }

    // Help that nobody asked for is a complaint.
    private int Help(Command command, string path, CliContext cli, bool asked)
    {
        bool hideLegacy = cli.Env("DOCKER_HIDE_LEGACY_COMMANDS") is not null;
        IReadOnlyList<PluginMetadata> plugins = command == root ? [.. PluginFolders.All(cli.Config).Select(p => PluginMetadata.Ask(p.Key, p.Value))] : [];
        (asked ? cli.Out : cli.Error).Write(HelpPage.Render(command, path, program, terminal.HelpWidth, hideLegacy, plugins));
        return 0;
    }

    private void WarnOfShortHelp(FlagParser.Outcome parsed)
    {
        if (parsed.UsedShortHelp)
        {
            terminal.Out.WriteLine("Flag shorthand -h has been deprecated, use --help");
        }
    }
}
