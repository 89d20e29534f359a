using Wharf.Daemon.Hosting;
using Wharf.Daemon.Options;
using Wharf.Primitives;
using Wharf.Primitives.Trust;

namespace Wharf.Daemon;

/// <summary>The program wharfd: options in, daemon up, exit status out.</summary>
internal static class Program
{
    // What Docker's programs return for a wrong command line.
    private const int BadUsage = 125;

    private static async Task<int> Main(string[] arguments)
    {
        SystemTrust.Find();
        OptionValues flags;
        try
        {
            flags = FlagParser.Parse(arguments);
        }
        catch (WharfException error)
        {
            await Console.Error.WriteLineAsync($"{error.Message}\nSee 'wharfd --help'.");
            return BadUsage;
        }

        if (flags.Flag("help"))
        {
            await Console.Out.WriteAsync(HelpText.Render());
            return 0;
        }

        if (flags.Flag("version"))
        {
            await Console.Out.WriteLineAsync($"Wharf version {BuildFacts.Version}, build {BuildFacts.Commit}");
            return 0;
        }

        try
        {
            ConfigFile.Merge(flags);
            DaemonOptions options = OptionsBinder.Bind(flags, BuildFacts.Version);
            if (flags.Flag("validate"))
            {
                await Console.Out.WriteLineAsync("configuration OK");
                return 0;
            }

            return await DaemonHost.RunAsync(options, flags, arguments);
        }
        catch (Exception error) when (error is WharfException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }
}
