using System.ComponentModel;
using System.Diagnostics;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Registry;

/// <summary>Runs <c>docker-credential-NAME VERB</c> with its input on stdin.</summary>
internal static class CredentialHelper
{
    private const string NotFound = "credentials not found in native keychain";

    /// <returns>The helper's JSON, or null when it has nothing for the server.</returns>
    public static string? Get(string helper, string server)
    {
        (int exit, string output) = Execute(helper, "get", server);
        if (exit == 0)
        {
            return output;
        }

        return output.Contains(NotFound, StringComparison.Ordinal) ? null : throw Failed("getting", helper, output);
    }

    public static void Run(string helper, string verb, string input)
    {
        (int exit, string output) = Execute(helper, verb, input);
        if (exit != 0 && !output.Contains(NotFound, StringComparison.Ordinal))
        {
            throw Failed(verb == "store" ? "storing" : "erasing", helper, output);
        }
    }

    private static (int Exit, string Output) Execute(string helper, string verb, string input)
    {
        if (helper.Length == 0 || helper.AsSpan().ContainsAny('/', '\0'))
        {
            throw new CommandException($"error getting credentials - invalid credential helper name \"{helper}\"");
        }

        string program = "docker-credential-" + helper;
        var start = new ProcessStartInfo(program, [verb]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output.Trim());
        }
        catch (Win32Exception)
        {
            throw new CommandException($"error getting credentials - err: exec: \"{program}\": executable file not found in $PATH, out: ``");
        }
    }

    private static CommandException Failed(string doing, string helper, string output) =>
        new($"error {doing} credentials - err: docker-credential-{helper} failed, out: `{output}`");
}
