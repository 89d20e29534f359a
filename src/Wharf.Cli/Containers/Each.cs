using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

/// <summary>The same operation on every argument: each success is printed, each failure reported, the others still done.</summary>
internal static class Each
{
    // As many requests are under way at once as Docker's client sends.
    private const int AtOnce = 50;

    // Each is a login of its own, and sshd turns away who comes when ten are under way (MaxStartups, sshd_config(5)).
    private const int LoginsAtOnce = 5;

    /// <summary>One after another, for what has an order.</summary>
    /// <param name="call">The invocation.</param>
    /// <param name="act">The operation.</param>
    /// <param name="failure">What Docker says in the end when something failed, before the list of names; null to list the errors alone.</param>
    /// <param name="harmless">Says of an error that it is told and is no failure.</param>
    public static Task<int> RunAsync(Invocation call, Func<string, ValueTask> act, string? failure = null, Func<WharfException, bool>? harmless = null) =>
        ReportAsync(call, i => act(call.Arguments[i]), failure, harmless);

    /// <summary>All at once, so that the slowest is what is waited for and not the sum; told in the order of the arguments.</summary>
    /// <param name="call">The invocation.</param>
    /// <param name="act">The operation; called on several threads.</param>
    /// <param name="ct">Ends the agreement on a version that goes before.</param>
    /// <param name="harmless">Says of an error that it is told and is no failure.</param>
    public static async Task<int> RunTogetherAsync(Invocation call, Func<string, ValueTask> act, CancellationToken ct, Func<WharfException, bool>? harmless = null)
    {
        if (call.Arguments.Count == 1)
        {
            return await RunAsync(call, act, harmless: harmless);
        }

        await call.Cli.Client.AgreeAsync(ct);
        Task[] results = Start(call.Arguments, act, call.Cli.Client.Endpoint.Scheme == "ssh" ? LoginsAtOnce : AtOnce);
        return await ReportAsync(call, i => new ValueTask(results[i]), failure: null, harmless);
    }

    // The client's connections block, so each worker is a thread of its own.
    private static Task[] Start(IReadOnlyList<string> names, Func<string, ValueTask> act, int atOnce)
    {
        var results = new TaskCompletionSource[names.Count];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = new TaskCompletionSource();
        }

        int next = -1;
        for (int worker = Math.Min(atOnce, names.Count); worker > 0; worker--)
        {
            _ = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        return [.. results.Select(r => r.Task)];

        void Work()
        {
            for (int i = Interlocked.Increment(ref next); i < results.Length; i = Interlocked.Increment(ref next))
            {
                try
                {
                    act(names[i]).AsTask().GetAwaiter().GetResult();
                    results[i].SetResult();
                }
                catch (Exception e)
                {
                    results[i].SetException(e);
                }
            }
        }
    }

    private static async Task<int> ReportAsync(Invocation call, Func<int, ValueTask> outcome, string? failure, Func<WharfException, bool>? harmless)
    {
        var errors = new List<string>();
        var failed = new List<string>();
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            string name = call.Arguments[i];
            try
            {
                await outcome(i);
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
