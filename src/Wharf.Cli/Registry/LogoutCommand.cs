using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Registry;

internal static class LogoutCommand
{
    public static Command Definition => new("logout", "Log out from a registry")
    {
        Usage = "[SERVER]",
        Description = "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
        Arity = Arity.AtMost(1),
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        string server = call.Arguments.Count > 0 ? LoginCommand.ServerName(call.Arguments[0]) : Credentials.DockerHub;
        call.Cli.Out.WriteLine($"Removing login credentials for {server}");
        new Credentials(call.Cli.Config).Erase(server);
        return Task.FromResult(0);
    }
}
