using System.Text.RegularExpressions;
using Wharf.Build.Dockerfile;
using Wharf.Build.Expansion;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Checks;

/// <summary>Rules that need the values of variables: it walks the stages as the build would, without doing anything.</summary>
internal sealed partial class VariableChecks(StageList file, CheckSurroundings around, CheckSink sink)
{
    private readonly Dictionary<int, Scope> _scopes = [];

    public void CheckFrom(Stage stage)
    {
        var from = stage.From;
        var expander = new WordExpander(file.Source.Escape, n => around.Arguments.Global(n) ?? (around.Arguments.GlobalNames.Contains(n) ? "" : null));
        string name = Expand(expander, from.BaseName) ?? from.BaseName;
        string? platform = from.Platform is { } p ? Expand(expander, p) : null;
        foreach (string unset in expander.Unset)
        {
            sink.Add(BuildChecks.UndefinedArgInFrom, from.Lines, $"FROM argument '{unset}' is not declared{Suggestion(unset, around.Arguments.GlobalNames)}", unset);
        }

        if (from.Platform is "$TARGETPLATFORM" or "${TARGETPLATFORM}")
        {
            sink.Add(BuildChecks.RedundantTargetPlatform, from.Lines, $"Setting platform to predefined {from.Platform} in FROM is redundant as this is the default behavior", from.Platform);
        }
        else if (from.Platform is { Length: > 0 } constant && !constant.Contains('$', StringComparison.Ordinal)
            && TryParse(constant) is { } fixedPlatform && !IsNamedIn(stage.Name ?? "", fixedPlatform))
        {
            sink.Add(BuildChecks.FromPlatformFlagConstDisallowed, from.Lines, $"FROM --platform flag should not use constant value \"{constant}\"", constant);
        }

        if (from.BaseName.Contains('$', StringComparison.Ordinal))
        {
            string byDefault = Expand(new WordExpander(file.Source.Escape, around.Defaults.Global), from.BaseName) ?? "";
            if (byDefault.Length == 0 || (file.FindByName(byDefault, stage.Index) is null && byDefault != "scratch" && !ImageReference.TryParse(byDefault, out _, out _)))
            {
                sink.Add(BuildChecks.InvalidDefaultArgInFrom, from.Lines, $"Default value for ARG {from.BaseName} results in empty or invalid base image name", from.BaseName);
            }
        }

        CheckBase(stage, name, platform);
    }

    /// <summary>Whether what the stage stands on names a shell; its FROM has been checked.</summary>
    public bool InheritsShell(Stage stage) => _scopes[stage.Index].HasShell;

    private bool HasShell(Stage stage) => _scopes[stage.Index].HasShell || stage.Instructions.OfType<ShellInstruction>().Any();

    public void CheckStage(Stage stage)
    {
        var scope = _scopes[stage.Index];
        foreach (var instruction in stage.Instructions)
        {
            CheckWords(instruction, scope);
            switch (instruction)
            {
                case ArgInstruction argument:
                    CheckArgument(argument, sink);
                    foreach (var declared in argument.Arguments)
                    {
                        scope.Known.Add(declared.Name);
                    }

                    break;
                case EnvInstruction env:
                    foreach (var pair in env.Pairs)
                    {
                        scope.Known.Add(pair.Key);
                        CheckSecret(pair.Key, env, sink);
                    }

                    break;
                case WorkdirInstruction workdir when workdir.Path.StartsWith('/') || workdir.Path.StartsWith('$') || workdir.Path is [_, ':', ..]:
                    scope.HasWorkdir = true;
                    break;
                case WorkdirInstruction workdir when !scope.HasWorkdir:
                    sink.Add(BuildChecks.WorkdirRelativePath, workdir.Lines, $"Relative workdir \"{workdir.Path}\" can have unexpected results if the base image changes", workdir.Path);
                    scope.HasWorkdir = true;
                    break;
            }
        }
    }

    public static void CheckArgument(ArgInstruction instruction, CheckSink sink)
    {
        foreach (var argument in instruction.Arguments)
        {
            CheckSecret(argument.Name, instruction, sink);
        }

        StageNameChecks.CheckDescription(instruction, [.. instruction.Arguments.Select(a => a.Name)], sink);
    }

    private static void CheckSecret(string name, Instruction instruction, CheckSink sink)
    {
        if (SecretName().IsMatch(name) && !PublicName().IsMatch(name))
        {
            sink.Add(BuildChecks.SecretsUsedInArgOrEnv, instruction.Lines, $"Do not use ARG or ENV instructions for sensitive data ({instruction.Keyword} \"{name}\")", name);
        }
    }

    private void CheckBase(Stage stage, string name, string? platform)
    {
        var scope = new Scope();
        _scopes[stage.Index] = scope;
        if (file.FindByName(name, stage.Index) is { } parent)
        {
            scope.Known.UnionWith(_scopes[parent.Index].Environment(parent));
            scope.HasWorkdir = _scopes[parent.Index].HasWorkdir;
            scope.HasShell = HasShell(parent);
            scope.IsComplete = _scopes[parent.Index].IsComplete;
            return;
        }

        if (name == "scratch")
        {
            return;
        }

        if (around.FindImage(name) is not { } image)
        {
            scope.IsComplete = false;
            return;
        }

        scope.Known.UnionWith((image.Config.Config?.Env ?? []).Select(e => e.Split('=')[0]));
        scope.HasShell = image.Config.Config?.Shell is { Count: > 0 };
        // The build itself says what is wrong with a platform that is none.
        var wanted = platform is { Length: > 0 } text ? TryParse(text) ?? around.Target : around.Target;
        if (image.Config.Os != wanted.Os || image.Config.Architecture != wanted.Architecture)
        {
            sink.Add(BuildChecks.InvalidBaseImagePlatform, stage.From.Lines,
                $"Base image {name} was pulled with platform \"{image.Config.Os}/{image.Config.Architecture}\", expected \"{wanted}\" for current build", stage.From.BaseName);
        }
    }

    private void CheckWords(Instruction instruction, Scope scope)
    {
        if (!scope.IsComplete)
        {
            return;
        }

        var expander = new WordExpander(file.Source.Escape, n => scope.Known.Contains(n) || n == "PATH" ? "x" : null);
        foreach (string word in Words(instruction))
        {
            Expand(expander, word);
        }

        foreach (string unset in expander.Unset)
        {
            sink.Add(BuildChecks.UndefinedVar, instruction.Lines, $"Usage of undefined variable '${unset}'{Suggestion(unset, scope.Known.Append("PATH"), "$")}", unset);
        }
    }

    private static IEnumerable<string> Words(Instruction instruction) => instruction switch
    {
        EnvInstruction env => env.Pairs.SelectMany(p => new[] { p.Key, p.Value }),
        LabelInstruction label => label.Pairs.SelectMany(p => new[] { p.Key, p.Value }),
        ArgInstruction argument => argument.Arguments.Select(a => a.Default).OfType<string>(),
        CopyInstruction copy => [.. copy.Sources, copy.Destination, copy.Chown ?? "", copy.Chmod ?? "", .. copy.Excludes],
        ExposeInstruction expose => expose.Ports,
        VolumeInstruction volume => volume.Paths,
        UserInstruction user => [user.User],
        WorkdirInstruction workdir => [workdir.Path],
        StopSignalInstruction signal => [signal.Signal],
        RunInstruction run => run.Mounts,
        _ => [],
    };

    private static string? Expand(WordExpander expander, string word)
    {
        try
        {
            return expander.Expand(word);
        }
        catch (WharfException)
        {
            return null; // the build itself says what is wrong with it
        }
    }

    // A stage for one platform may say so in its name.
    private static bool IsNamedIn(string name, Platform platform) =>
        name.Contains(platform.Os, StringComparison.Ordinal) || name.Contains(platform.Architecture, StringComparison.Ordinal);

    private static Platform? TryParse(string text)
    {
        try
        {
            return Platform.Parse(text);
        }
        catch (WharfException)
        {
            return null;
        }
    }

    private static string Suggestion(string name, IEnumerable<string> known, string sign = "")
    {
        int far = Math.Clamp(name.Length / 2, 1, 2);
        string? near = known.Where(k => k != name).Select(k => (Name: k, Far: Nearness.Distance(k, name))).Where(k => k.Far <= far)
            .OrderBy(k => k.Far).ThenBy(k => k.Name, StringComparer.Ordinal).FirstOrDefault().Name;
        return near is null ? "" : $" (did you mean {sign}{near}?)";
    }

    [GeneratedRegex("(_|^)(apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(_|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex("(_|^)(public|file|version)(_|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PublicName();

    /// <summary>Variables that a stage knows at a point.</summary>
    private sealed class Scope
    {
        public HashSet<string> Known { get; } = [];

        /// <summary>False when the base image is not here: what it sets is unknown.</summary>
        public bool IsComplete { get; set; } = true;

        public bool HasWorkdir { get; set; }

        /// <summary>The base names a shell.</summary>
        public bool HasShell { get; set; }

        /// <summary>What a stage built on this one inherits: the environment, and not the arguments.</summary>
        public IEnumerable<string> Environment(Stage stage) =>
            Known.Except(stage.Instructions.OfType<ArgInstruction>().SelectMany(a => a.Arguments).Select(a => a.Name)
                .Except(stage.Instructions.OfType<EnvInstruction>().SelectMany(e => e.Pairs).Select(p => p.Key)));
    }
}
