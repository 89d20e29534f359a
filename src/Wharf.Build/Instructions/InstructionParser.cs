using Wharf.Build.Dockerfile;
using Wharf.Primitives;

namespace Wharf.Build.Instructions;

/// <summary>Turns raw instructions into typed ones, with Docker's error texts for whatever is missing or too much.</summary>
/// <param name="escape">The Dockerfile's escape character.</param>
/// <param name="checkTriggers">False to take any ONBUILD trigger, as <c>commit --change</c> does.</param>
public sealed class InstructionParser(char escape, bool checkTriggers = true)
{
    public static readonly IReadOnlyList<string> Keywords =
    [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL",
        "USER", "VOLUME", "WORKDIR",
    ];

    /// <exception cref="WharfException">InvalidArgument with the line.</exception>
    public Instruction Parse(RawInstruction raw)
    {
        var flags = new FlagSet(raw);
        Instruction result = raw.Keyword switch
        {
            "from" => From(raw, flags),
            "run" => RunParser.Parse(raw, flags),
            "copy" or "add" => CopyParser.Parse(raw, flags),
            "env" => Env(raw),
            "label" => Label(raw),
            "arg" => Arg(raw),
            "cmd" => new CmdInstruction(ArgumentWords.Command(raw, raw.Arguments)) { Lines = raw.Lines, Original = raw.Original },
            "entrypoint" => new EntrypointInstruction(ArgumentWords.Command(raw, raw.Arguments)) { Lines = raw.Lines, Original = raw.Original },
            "expose" => new ExposeInstruction(AtLeastOne(raw, ArgumentWords.ByBlanks(raw.Arguments))) { Lines = raw.Lines, Original = raw.Original },
            "volume" => Volume(raw),
            "user" => new UserInstruction(ExactlyOne(raw)) { Lines = raw.Lines, Original = raw.Original },
            "workdir" => new WorkdirInstruction(ExactlyOne(raw)) { Lines = raw.Lines, Original = raw.Original },
            "onbuild" => OnBuild(raw),
            "stopsignal" => new StopSignalInstruction(ExactlyOne(raw)) { Lines = raw.Lines, Original = raw.Original },
            "healthcheck" => HealthCheckParser.Parse(raw, flags),
            "shell" => Shell(raw),
            "maintainer" => new MaintainerInstruction(ExactlyOne(raw)) { Lines = raw.Lines, Original = raw.Original },
            _ => throw DockerfileError.At(raw.Lines, $"unknown instruction: {raw.WrittenKeyword}{Nearness.Suggest(raw.WrittenKeyword, Keywords)}", raw.WrittenKeyword),
        };
        flags.Finish();
        return result with { Raw = raw };
    }

    private static FromInstruction From(RawInstruction raw, FlagSet flags)
    {
        var words = ArgumentWords.ByBlanks(raw.Arguments);
        string? stage = null;
        if (words.Count == 3 && words[1].Equals("as", StringComparison.OrdinalIgnoreCase))
        {
            stage = words[2].ToLowerInvariant();
            if (!IsStageName(stage))
            {
                throw DockerfileError.At(raw.Lines,
                    $"invalid name for build stage: \"{words[2]}\", name can't start with a number or contain symbols", words[2]);
            }
        }
        else if (words.Count != 1)
        {
            throw DockerfileError.At(raw.Lines, "FROM requires either one or three arguments");
        }

        return new FromInstruction(words[0], stage, flags.Text("platform"))
        {
            Lines = raw.Lines,
            Original = raw.Original,
            WrittenStageName = stage is null ? null : words[2],
            WrittenAs = stage is null ? null : words[1],
        };
    }

    private static bool IsStageName(string name) =>
        char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');

    private EnvInstruction Env(RawInstruction raw)
    {
        (var pairs, bool legacy) = Pairs(raw, "ENV");
        return new EnvInstruction(pairs, legacy) { Lines = raw.Lines, Original = raw.Original };
    }

    private LabelInstruction Label(RawInstruction raw)
    {
        (var pairs, bool legacy) = Pairs(raw, "LABEL");
        return new LabelInstruction(pairs, legacy) { Lines = raw.Lines, Original = raw.Original };
    }

    private (IReadOnlyList<KeyValuePair<string, string>> Pairs, bool Legacy) Pairs(RawInstruction raw, string keyword)
    {
        var words = ArgumentWords.KeepingQuotes(raw.Arguments, escape);
        if (words.Count == 0)
        {
            throw DockerfileError.At(raw.Lines, $"{keyword} requires at least one argument");
        }

        if (!words[0].Contains('='))
        {
            string rest = raw.Arguments[words[0].Length..].Trim();
            return rest.Length == 0
                ? throw DockerfileError.At(raw.Lines, $"{keyword} must have two arguments")
                : ([KeyValuePair.Create(words[0], rest)], true);
        }

        var pairs = new List<KeyValuePair<string, string>>();
        foreach (string word in words)
        {
            int equals = word.IndexOf('=');
            if (equals < 0)
            {
                throw DockerfileError.At(raw.Lines, $"Syntax error - can't find = in \"{word}\". Must be of the form: name=value", word);
            }

            pairs.Add(equals == 0
                ? throw DockerfileError.At(raw.Lines, $"{keyword} names can not be blank", word)
                : KeyValuePair.Create(word[..equals], word[(equals + 1)..]));
        }

        return (pairs, false);
    }

    private ArgInstruction Arg(RawInstruction raw)
    {
        var words = AtLeastOne(raw, ArgumentWords.KeepingQuotes(raw.Arguments, escape));
        var arguments = new List<BuildArgument>();
        foreach (string word in words)
        {
            int equals = word.IndexOf('=');
            string name = equals < 0 ? word : word[..equals];
            arguments.Add(name.Length == 0
                ? throw DockerfileError.At(raw.Lines, "ARG names can not be blank", word)
                : new BuildArgument(name, equals < 0 ? null : word[(equals + 1)..]));
        }

        return new ArgInstruction(arguments) { Lines = raw.Lines, Original = raw.Original };
    }

    private static VolumeInstruction Volume(RawInstruction raw)
    {
        var paths = AtLeastOne(raw, ArgumentWords.List(raw));
        return paths.Any(p => p.Trim().Length == 0)
            ? throw DockerfileError.At(raw.Lines, "VOLUME specified can not be an empty string")
            : new VolumeInstruction([.. paths.Select(p => p.Trim())]) { Lines = raw.Lines, Original = raw.Original };
    }

    private OnBuildInstruction OnBuild(RawInstruction raw)
    {
        if (raw.Arguments.Length == 0)
        {
            throw DockerfileError.At(raw.Lines, "ONBUILD requires at least one argument");
        }

        string heredocs = string.Concat(raw.Heredocs.Select(h => $"\n{h.Content}{h.Name}"));
        var trigger = DockerfileReader.ReadTrigger(raw.Arguments + heredocs, escape, raw.Lines);
        switch (trigger.Keyword)
        {
            case "onbuild":
                throw DockerfileError.At(raw.Lines, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", trigger.WrittenKeyword);
            case "from" or "maintainer":
                throw DockerfileError.At(raw.Lines, $"{trigger.Keyword.ToUpperInvariant()} isn't allowed as an ONBUILD trigger", trigger.WrittenKeyword);
        }

        // A trigger that cannot be parsed must fail here, not in the build that inherits it.
        if (checkTriggers)
        {
            Parse(trigger);
        }

        return new OnBuildInstruction(raw.Arguments + heredocs) { Lines = raw.Lines, Original = raw.Original };
    }

    private static ShellInstruction Shell(RawInstruction raw) =>
        ArgumentWords.Json(raw, raw.Arguments) switch
        {
            null => throw DockerfileError.At(raw.Lines, "SHELL requires the arguments to be in JSON form"),
            { Count: 0 } => throw DockerfileError.At(raw.Lines, "SHELL requires at least one argument"),
            { } words => new ShellInstruction(words) { Lines = raw.Lines, Original = raw.Original },
        };

    private static string ExactlyOne(RawInstruction raw) =>
        raw.Arguments.Length > 0 ? raw.Arguments : throw DockerfileError.At(raw.Lines, $"{raw.Keyword.ToUpperInvariant()} requires exactly one argument");

    private static IReadOnlyList<string> AtLeastOne(RawInstruction raw, IReadOnlyList<string> words) =>
        words.Count > 0 ? words : throw DockerfileError.At(raw.Lines, $"{raw.Keyword.ToUpperInvariant()} requires at least one argument");
}
