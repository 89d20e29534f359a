using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Contexts;

internal static class ShowCommand
{
    public static Command Definition => new("show", "Print the name of the current context")
    {
        Arity = Arity.None,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        call.Cli.Out.WriteLine(call.Cli.CurrentContext);
        return Task.FromResult(0);
    }
}
