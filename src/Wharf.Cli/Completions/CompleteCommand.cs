using System.Globalization;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Completions;

/// <summary>
/// What the completion scripts ask, in the protocol of Cobra: the words so far, the last one unfinished; the answer is one candidate a
/// line, its description behind a tab, and a line <c>:N</c> that says whether files may be offered (0) or not (4).
/// </summary>
internal static class CompleteCommand
{
    private const int Files = 0;
    private const int NoFiles = 4;

    public static Command Definition => new("__complete", "Request shell completion choices for the specified command-line")
    {
        IsHidden = true,
        Arity = Arity.Any,
        FlagsAnywhere = false,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        var completer = new Completer(call.Cli, RootCommand.For(call.Cli.Program, call.Cli.ConfigDirectory));
        (IEnumerable<string> candidates, bool files) = await completer.CompleteAsync(call.Arguments, ct);
        foreach (string candidate in candidates)
        {
            call.Cli.Out.WriteLine(candidate);
        }

        call.Cli.Out.WriteLine(":" + (files ? Files : NoFiles).ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
