using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Framework.Commands;

/// <summary>One call of a command: its arguments, its flags, and the world it acts on.</summary>
internal sealed class Invocation(Command command, string path, FlagValues flags, IReadOnlyList<string> arguments, CliContext cli)
{
    public Command Command => command;

    /// <summary>The words that led here, program name first: <c>wharf container run</c>.</summary>
    public string Path => path;

    public FlagValues Flags => flags;

    public IReadOnlyList<string> Arguments => arguments;

    public CliContext Cli => cli;

    public bool Bool(string flag) => flags.Bool(flag);

    public string String(string flag) => flags.String(flag);

    public long Int(string flag) => flags.Int(flag);

    public IReadOnlyList<string> List(string flag) => flags.List(flag);

    public bool IsSet(string flag) => flags.IsSet(flag);
}
