using Wharf.Client.Answers;
using Wharf.Api.System;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client.Http;

namespace Wharf.Cli.Registry;

internal static class LoginCommand
{
    public static Command Definition => new("login", "Authenticate to a registry")
    {
        Usage = "[OPTIONS] [SERVER]",
        Description = "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
        Arity = Arity.AtMost(1),
        Flags =
        [
            new("password", 'p', FlagKind.String, "Password or Personal Access Token (PAT)"),
            new("password-stdin", FlagKind.Bool, "Take the Password or Personal Access Token (PAT) from stdin"),
            new("username", 'u', FlagKind.String, "Username"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string password = Password(call);
        string server = call.Arguments.Count > 0 ? ServerName(call.Arguments[0]) : Credentials.DockerHub;
        var credentials = new Credentials(cli.Config);
        RegistryAuth stored = credentials.Get(server);
        RegistryAuth auth;
        bool given = call.IsSet("username") || password.Length > 0;
        if (!given && stored.User.Length + stored.IdentityToken.Length > 0)
        {
            cli.Out.WriteLine($"Authenticating with existing credentials...{(stored.User.Length > 0 ? $" [Username: {stored.User}]" : "")}\n");
            auth = stored;
        }
        else
        {
            auth = Ask(cli, server, call.String("username"), password);
        }

        AuthResponse response = await cli.Client.PostAsync("/auth", RequestBody.Json(auth.ToJson()), ClientJson.Default.AuthResponse, ct);
        if (!string.IsNullOrEmpty(response.IdentityToken))
        {
            auth = auth with { Password = "", IdentityToken = response.IdentityToken };
        }

        string warning = credentials.Store(auth);
        if (warning.Length > 0)
        {
            cli.Error.WriteLine(warning);
        }

        cli.Out.WriteLine(response.Status is { Length: > 0 } status ? status : "Login Succeeded");
        return 0;
    }

    private static string Password(Invocation call)
    {
        bool stdin = call.Bool("password-stdin");
        if (call.IsSet("password"))
        {
            if (stdin)
            {
                throw new CommandException("conflicting options: cannot specify both --password and --password-stdin");
            }

            call.Cli.Error.WriteLine("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
            return call.String("password");
        }

        if (!stdin)
        {
            return "";
        }

        if (call.String("username").Length == 0)
        {
            throw new CommandException("the --password-stdin option requires --username to be set");
        }

        using var memory = new MemoryStream();
        call.Cli.Terminal.Input.CopyTo(memory);
        return System.Text.Encoding.UTF8.GetString(memory.ToArray()).TrimEnd('\n').TrimEnd('\r');
    }

    private static RegistryAuth Ask(CliContext cli, string server, string user, string password)
    {
        if ((user.Length == 0 || password.Length == 0) && !cli.Terminal.InputIsTerminal)
        {
            throw new CommandException("Error: Cannot perform an interactive login from a non TTY device");
        }

        if (user.Length == 0)
        {
            cli.Out.Write("Username: ");
            user = cli.ReadLine().Trim();
        }

        if (user.Length == 0)
        {
            throw new CommandException("Error: Non-null Username Required");
        }

        if (password.Length == 0)
        {
            cli.Out.Write("Password: ");
            using (cli.Terminal.HideInput())
            {
                password = cli.ReadLine();
            }

            cli.Out.WriteLine();
        }

        return password.Length == 0
            ? throw new CommandException("Error: Password Required")
            : new RegistryAuth(server) { User = user, Password = password };
    }

    /// <summary>The host alone: a scheme and a path are not part of a registry's name.</summary>
    internal static string ServerName(string given)
    {
        int scheme = given.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? given : given[(scheme + 3)..];
        int slash = rest.IndexOf('/');
        string host = slash < 0 ? rest : rest[..slash];
        return Credentials.KeyOf(host);
    }
}
