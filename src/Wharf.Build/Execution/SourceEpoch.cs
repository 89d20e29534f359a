using System.Globalization;
using Wharf.Build.Dockerfile;
using Wharf.Build.Expansion;
using Wharf.Build.Instructions;
using Wharf.Build.Sources;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>
/// SOURCE_DATE_EPOCH of a build, given to it or by an ARG before the first FROM: seconds since 1970, or whose time it is: <c>context</c>, a named context,
/// or a stage that is nothing but one remote ADD (Dockerfile 1.24).
/// </summary>
public static class SourceEpoch
{
    private const string Name = "SOURCE_DATE_EPOCH";

    /// <summary>The request with its time. What is not known, as of a local folder, is no time.</summary>
    /// <param name="request">With its Dockerfile and contexts.</param>
    /// <param name="temporaryFolder">For what has to be fetched to know.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="WharfException">InvalidArgument: neither a time nor a name; what is wrong with the Dockerfile.</exception>
    public static async Task<BuildRequest> ResolveAsync(BuildRequest request, string temporaryFolder, CancellationToken ct)
    {
        var plan = BuildPlan.Of(request);
        if ((request.Arguments.GetValueOrDefault(Name) ?? plan.Arguments.Global(Name)) is not { } text)
        {
            return request;
        }

        DateTimeOffset? time = text.Length == 0 ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? TimeOf(seconds, text)
            : await TimeOfSourceAsync(plan, text, temporaryFolder, ct);
        return request with
        {
            Epoch = time,
            Arguments = new Dictionary<string, string?>(request.Arguments) { [Name] = time?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) ?? "" },
        };
    }

    private static DateTimeOffset TimeOf(long seconds, string text) =>
        seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : throw Invalid(text);

    private static WharfException Invalid(string text) =>
        WharfException.Invalid($"invalid {Name}: {text}: it is a number of seconds since 1970, \"context\", or the name of a context or stage");

    private static async Task<DateTimeOffset?> TimeOfSourceAsync(BuildPlan plan, string name, string temporaryFolder, CancellationToken ct)
    {
        if (name == "context")
        {
            return plan.Request.ContextTime is { } time ? await time(ct) : null;
        }

        if (plan.Request.NamedContexts.TryGetValue(name, out var context))
        {
            return context.Time is { } time ? await time(ct) : null;
        }

        var stage = plan.Stages.FindByName(name, plan.Stages.Stages.Count) ?? throw Invalid(name);
        try
        {
            (CopyInstruction add, string source, string? checksum) = SourceOf(plan, stage);
            return await FetchAsync(plan.Request, add, source, checksum, temporaryFolder, ct);
        }
        catch (WharfException e)
        {
            throw DockerfileError.Located(e, plan.Stages.Source.Lines, plan.Request.DockerfileName, stage.From.Lines);
        }
    }

    private static (CopyInstruction Add, string Source, string? Checksum) SourceOf(BuildPlan plan, Stage stage)
    {
        const string OneAdd = $"{Name} stage must contain exactly one remote ADD";
        if (plan.BaseName(stage) != "scratch")
        {
            throw WharfException.Invalid($"{Name} stage must use FROM scratch");
        }

        var values = new Dictionary<string, string?>();
        var expander = new WordExpander(plan.Stages.Source.Escape, values.GetValueOrDefault);
        CopyInstruction? add = null;
        foreach (var instruction in stage.Instructions)
        {
            switch (instruction)
            {
                case ArgInstruction argument:
                    foreach (var declared in argument.Arguments)
                    {
                        values[declared.Name] = plan.Arguments.Declare(declared.Name, declared.Default is null ? null : expander.Expand(declared.Default));
                    }

                    break;
                case CopyInstruction { IsAdd: true } first when add is null:
                    add = first;
                    break;
                case CopyInstruction { IsAdd: true }:
                    throw WharfException.Invalid(OneAdd);
                default:
                    throw WharfException.Invalid($"{Name} stage does not meet source-only requirements: unsupported {instruction.Keyword} instruction");
            }
        }

        return add is { Sources.Count: 1, Heredocs.Count: 0 } found
            ? (found, expander.Expand(found.Sources[0]), found.Checksum is { } sum ? expander.Expand(sum) : null)
            : throw WharfException.Invalid(OneAdd);
    }

    private static async Task<DateTimeOffset?> FetchAsync(BuildRequest request, CopyInstruction add, string source, string? checksum, string temporaryFolder, CancellationToken ct)
    {
        string folder = Path.Combine(temporaryFolder, "epoch-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        try
        {
            if (HttpSource.IsUrl(source))
            {
                return await (await HttpSource.DownloadAsync(source, folder, checksum, SourceSecrets.HttpHeader(request.Secrets, source), ct)).TimeAsync(ct);
            }

            if (!GitSource.IsGit(source))
            {
                throw DockerfileError.About(WharfException.Invalid($"{Name} stage source must be a single HTTP(S) or Git ADD"), add.Sources[0]);
            }

            var git = GitSource.Parse(source);
            return (await GitCheckout.MakeAsync((git with { Checksum = checksum ?? git.Checksum }).Checked(), Path.Combine(folder, "git"), request.Secrets, ct)).Time;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
