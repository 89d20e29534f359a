using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Contexts;

internal static class CreateCommand
{
    public static Command Definition => new("create", "Create a context")
    {
        Usage = "[OPTIONS] CONTEXT",
        Description = "Create a context\n\nDocker endpoint config:\n\nNAME                DESCRIPTION\nfrom                Copy named context's Docker endpoint configuration\nhost                Docker endpoint on which to connect\nca                  Trust certs signed only by this CA\ncert                Path to TLS certificate file\nkey                 Path to TLS key file\nskip-tls-verify     Skip TLS certificate validation\n\nExample:\n\n$ {program} context create my-context --description \"some description\" --{program} \"host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file\"",
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("description", FlagKind.String, "Description of the context"),
            new("docker", FlagKind.StringToString, "set the docker endpoint"),
            new("from", FlagKind.String, "create context from a named context"),
        ],
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string name = call.Arguments[0];
        ContextStore.ValidateName(name);
        if (cli.Contexts.Exists(name))
        {
            throw new CommandException($"context \"{name}\" already exists");
        }

        string from = call.String("from");
        if (from.Length == 0 && call.List("docker").Count == 0)
        {
            throw new CommandException("docker endpoint configuration is required");
        }

        var context = new NamedContext(name, call.String("description"), "", false);
        context = from.Length > 0
            ? ContextEndpoint.Copy(context, from, cli)
            : ContextEndpoint.Apply(context, call.List("docker"), cli);
        cli.Contexts.Save(context);
        cli.Out.WriteLine(name);
        cli.Error.WriteLine($"Successfully created context \"{name}\"");
        return Task.FromResult(0);
    }
}
