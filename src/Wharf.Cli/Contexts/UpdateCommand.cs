using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Contexts;

internal static class UpdateCommand
{
    public static Command Definition => new("update", "Update a context")
    {
        Usage = "[OPTIONS] CONTEXT",
        Description = "Update a context\n\nDocker endpoint config:\n\nNAME                DESCRIPTION\nfrom                Copy named context's Docker endpoint configuration\nhost                Docker endpoint on which to connect\nca                  Trust certs signed only by this CA\ncert                Path to TLS certificate file\nkey                 Path to TLS key file\nskip-tls-verify     Skip TLS certificate validation\n\nExample:\n\n$ {program} context update my-context --description \"some description\" --{program} \"host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file\"",
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("description", FlagKind.String, "Description of the context"),
            new("docker", FlagKind.StringToString, "set the docker endpoint"),
        ],
        Complete = Completion.Contexts,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string name = call.Arguments[0];
        ContextStore.ValidateName(name);
        NamedContext context = cli.Contexts.Get(name);
        if (call.String("description").Length > 0)
        {
            context = context with { Description = call.String("description") };
        }

        cli.Contexts.Save(call.List("docker").Count > 0 ? ContextEndpoint.Apply(context, call.List("docker"), cli) : context);
        cli.Out.WriteLine(name);
        cli.Error.WriteLine($"Successfully updated context \"{name}\"");
        return Task.FromResult(0);
    }
}
