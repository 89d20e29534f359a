using System.Reflection;
using System.Text.RegularExpressions;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Every flag that the stock client's <c>run</c> and <c>create</c> know is known to ours, and its effect is seen by a test.</summary>
public sealed partial class FlagCoverageTests
{
    [Theory]
    [InlineData("run")]
    [InlineData("create")]
    public void EveryFlag_IsKnownAndCovered(string command)
    {
        HashSet<string> covered = [.. typeof(FlagCoverageTests).Assembly.GetTypes().SelectMany(t => t.GetMethods()).SelectMany(m => m.GetCustomAttribute<CoversFlagsAttribute>()?.Flags ?? [])];
        HashSet<string> stock = Flags(Client.Docker, command);
        Assert.True(stock.Count > 95, "the stock client's help was read");
        Assert.Empty(stock.Except(Flags(Client.Wharf, command)).Except(ClientPrograms.FlagsForWindows));
        // These two name features that ended or are refused: Wharf.Cli.Tests holds what ours says to them.
        Assert.Empty(stock.Except(covered).Except(["help", "disable-content-trust", "kernel-memory"]).Order());
    }

    private static HashSet<string> Flags(Client client, string command)
    {
        string help = Command.Run(ClientPrograms.Of(client), [command, "--help"]).Ok().Out;
        return [.. FlagName().Matches(help).Select(m => m.Groups[1].Value)];
    }

    [GeneratedRegex(@"^ +(?:-\w, )?--([a-z0-9-]+)", RegexOptions.Multiline)]
    private static partial Regex FlagName();
}
