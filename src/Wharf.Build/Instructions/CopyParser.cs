using Wharf.Build.Dockerfile;

namespace Wharf.Build.Instructions;

/// <summary>COPY and ADD.</summary>
internal static class CopyParser
{
    public static CopyInstruction Parse(RawInstruction raw, FlagSet flags)
    {
        bool isAdd = raw.Keyword == "add";
        string keyword = isAdd ? "ADD" : "COPY";
        var words = ArgumentWords.List(raw);
        if (words.Count < 2)
        {
            throw DockerfileError.At(raw.Lines,
                $"{keyword} requires at least two arguments, but only one was provided. Destination could not be determined");
        }

        string destination = words[^1];
        if (HeredocScanner.Parse(destination) is not null)
        {
            throw DockerfileError.At(raw.Lines, $"{keyword} cannot accept a heredoc as a destination", destination);
        }

        string? from = isAdd ? null : flags.Text("from") is { Length: > 0 } named ? named : null;
        if (from?.Contains('$', StringComparison.Ordinal) == true)
        {
            throw DockerfileError.At(raw.Lines,
                "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround", from);
        }

        var sources = words.Take(words.Count - 1)
            .Where(w => raw.Heredocs.Count == 0 || HeredocScanner.Parse(w) is not { } h || raw.Heredocs.All(d => d.Name != h.Name)).ToList();
        return new CopyInstruction(isAdd, sources, destination)
        {
            Lines = raw.Lines,
            Original = raw.Original,
            Heredocs = raw.Heredocs,
            From = from,
            Chown = flags.Text("chown"),
            Chmod = flags.Text("chmod"),
            Link = flags.Switch("link") ?? false,
            Parents = !isAdd && (flags.Switch("parents") ?? false),
            Excludes = flags.All("exclude"),
            Checksum = isAdd ? flags.Text("checksum") : null,
            KeepGitDirectory = isAdd && (flags.Switch("keep-git-dir") ?? false),
            Unpack = isAdd ? flags.Switch("unpack") : null,
        };
    }
}
