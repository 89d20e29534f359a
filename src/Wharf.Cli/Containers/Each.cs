using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

/// <summary>The same operation on every argument: each success is printed, each failure reported, the others still done.</summary>
internal static class Each
{
    /// <param name="call">The invocation.</param>
    /// <param name="act">The operation.</param>
    /// <param name="failure">What Docker says in the end when something failed, before the list of names; null to list the errors alone.</param>
    /// <param name="harmless">Says of an error that it is told and is no failure.</param>
    public static async Task<int> RunAsync(Invocation call, Func<string, ValueTask> act, string? failure = null, Func<WharfException, bool>? harmless = null)
    {
        var errors = new List<string>();
        var failed = new List<string>();
        foreach (string name in call.Arguments)
        {
            try
            {
                await act(name);
                call.Cli.Out.WriteLine(name);
            }
            catch (WharfException e) when (harmless?.Invoke(e) == true)
            {
                call.Cli.Error.WriteLine(e.Message);
            }
            catch (WharfException e) when (e.Kind != ErrorKind.Unavailable)
            {
                errors.Add(e.Message);
                failed.Add(name);
            }
        }

        if (errors.Count == 0)
        {
            return 0;
        }

        if (failure is not null)
        {
            foreach (string error in errors)
            {
                call.Cli.Error.WriteLine(error);
            }

            throw new CommandException($"Error: {failure}: {string.Join(", ", failed)}");
        }

        throw new CommandException(string.Join('\n', errors));
    }
}
