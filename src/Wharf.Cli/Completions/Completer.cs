using Wharf.Client.Answers;
using Wharf.Api.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Cli.Framework.Flags;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Completions;

/// <summary>Finds what may stand at the end of an unfinished command line.</summary>
internal sealed class Completer(CliContext cli, Command root)
{
    public async Task<(IEnumerable<string> Candidates, bool Files)> CompleteAsync(IReadOnlyList<string> words, CancellationToken ct)
    {
        string last = words.Count > 0 ? words[^1] : "";
        Command command = root;
        Flag? pending = null;
        int positional = 0;
        bool flagsOver = false;
        foreach (string word in words.Take(words.Count - 1))
        {
            if (pending is not null)
            {
                pending = null;
            }
            else if (!flagsOver && word.StartsWith('-'))
            {
                flagsOver = word == "--";
                pending = NeedsValue(command, word);
            }
            else if (command.Children is not null && command.Find(word) is { } child)
            {
                command = child;
            }
            else
            {
                positional++;
                flagsOver |= !command.FlagsAnywhere;
            }
        }

        if (pending is not null)
        {
            return await ValuesAsync(pending, last, ct);
        }

        if (!flagsOver && last.StartsWith('-'))
        {
            return (Flags(command, last), false);
        }

        if (command.Children is not null)
        {
            return (command.Children().Where(c => !c.IsHidden && c.Name.StartsWith(last, StringComparison.Ordinal)).Select(c => $"{c.Name}\t{c.Summary}"), false);
        }

        bool ownWords = !command.FlagsAnywhere && positional > 0;
        return ownWords || positional >= command.Arity.Max ? ([], ownWords) : await NamesAsync(command.Complete, last, ct);
    }

    private static Flag? NeedsValue(Command command, string word)
    {
        if (word.Contains('='))
        {
            return null;
        }

        Flag? flag = word.StartsWith("--", StringComparison.Ordinal)
            ? command.Flags.FirstOrDefault(f => f.Name == word[2..])
            : command.Flags.FirstOrDefault(f => f.Shorthand == word[^1]);
        return flag is { Kind.IsBool: false } ? flag : null;
    }

    private static IEnumerable<string> Flags(Command command, string last) => command.Flags
        .Where(f => !f.IsHidden && f.Deprecated is null && ("--" + f.Name).StartsWith(last, StringComparison.Ordinal))
        .OrderBy(f => f.Name, StringComparer.Ordinal)
        .Select(f => $"--{f.Name}\t{f.Usage.Split('\n')[0]}")
        .Append("--help\tPrint usage")
        .Where(f => f.StartsWith(last, StringComparison.Ordinal))
        .Distinct();

    private Task<(IEnumerable<string> Candidates, bool Files)> ValuesAsync(Flag flag, string last, CancellationToken ct) => flag.Name switch
    {
        "network" => NamesAsync(Completion.Networks, last, ct),
        "volumes-from" or "link" => NamesAsync(Completion.AllContainers, last, ct),
        "context" => NamesAsync(Completion.Contexts, last, ct),
        "restart" => Fixed(last, "always", "no", "on-failure", "unless-stopped"),
        "pull" => Fixed(last, "always", "missing", "never"),
        "log-level" => Fixed(last, "debug", "info", "warn", "error", "fatal"),
        "signal" or "stop-signal" => Fixed(last, "SIGABRT", "SIGHUP", "SIGINT", "SIGKILL", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"),
        "log-driver" => Fixed(last, "fluentd", "gelf", "journald", "json-file", "local", "none", "syslog"),
        "env-file" or "label-file" or "cidfile" or "iidfile" or "file" or "input" or "output" or "volume" or "config" or "tlscacert" or "tlscert" or "tlskey"
            => Task.FromResult<(IEnumerable<string>, bool)>(([], true)),
        _ => Task.FromResult<(IEnumerable<string>, bool)>(([], false)),
    };

    private static Task<(IEnumerable<string>, bool)> Fixed(string last, params string[] values) =>
        Task.FromResult<(IEnumerable<string>, bool)>((values.Where(v => v.StartsWith(last, StringComparison.Ordinal)), false));

    private async Task<(IEnumerable<string> Candidates, bool Files)> NamesAsync(Completion kind, string last, CancellationToken ct)
    {
        bool files = kind is Completion.Files or Completion.ContainersAndFiles;
        try
        {
            List<string> names = [.. await FetchAsync(kind, ct)];
            return (names.Where(n => n.StartsWith(last, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Distinct(), files);
        }
        catch (WharfException)
        {
            // no engine, no names: completion stays silent in the middle of someone's typing
            return ([], files);
        }
    }

    private async Task<IEnumerable<string>> FetchAsync(Completion kind, CancellationToken ct) => kind switch
    {
        Completion.AllContainers => await ContainersAsync(_ => true, ct),
        Completion.RunningContainers => await ContainersAsync(c => c.State is "running" or "paused" or "restarting", ct),
        Completion.StoppedContainers => await ContainersAsync(c => c.State is "exited" or "created", ct),
        Completion.ContainersAndFiles => (await ContainersAsync(_ => true, ct)).Select(n => n + ":"),
        Completion.Images => await ImagesAsync(ct),
        Completion.Networks => (await cli.Client.GetAsync("/networks", ClientJson.Default.ListNetworkSummary, ct)).Select(n => n.Name ?? ""),
        Completion.Volumes => ((await cli.Client.GetAsync("/volumes", ClientJson.Default.VolumeListResponse, ct)).Volumes ?? []).Select(v => v.Name ?? ""),
        Completion.Contexts => cli.Contexts.List().Select(c => c.Name).Prepend(ContextStore.DefaultName),
        Completion.Objects => (await ContainersAsync(_ => true, ct)).Concat(await ImagesAsync(ct)),
        _ => [],
    };

    private async Task<IEnumerable<string>> ContainersAsync(Func<ContainerSummary, bool> wanted, CancellationToken ct) =>
        (await cli.Client.ListContainersAsync(new Query { { "all", true } }, ct)).Where(wanted).SelectMany(c => c.Names ?? []).Select(n => n.TrimStart('/')).Where(n => !n.Contains('/'));

    private async Task<IEnumerable<string>> ImagesAsync(CancellationToken ct) =>
        (await cli.Client.ListImagesAsync([], ct)).SelectMany(i => i.RepoTags ?? []).Where(t => t != "<none>:<none>")
            .SelectMany(t => t.EndsWith(":latest", StringComparison.Ordinal) ? [t[..^":latest".Length], t] : new[] { t });
}
