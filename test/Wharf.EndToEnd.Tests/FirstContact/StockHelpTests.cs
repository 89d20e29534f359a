using System.Text.RegularExpressions;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.FirstContact;

/// <summary>Our commands know every flag of the stock client's, as its own help pages list them, and say the same about it.</summary>
public sealed partial class StockHelpTests
{
    // Features of later releases. What is listed here is unknown to our client and refused as such.
    private static readonly string[] LaterCommands =
        ["checkpoint", "manifest", "plugin", "trust", "config", "node", "secret", "service", "stack", "swarm", "compose", "buildx"];

    public static TheoryData<string> Commands()
    {
        var data = new TheoryData<string>();
        foreach (string command in Children(""))
        {
            if (LaterCommands.Contains(command))
            {
                continue;
            }

            data.Add(command);
            foreach (string child in Children(command))
            {
                data.Add(command + " " + child);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Commands))]
    public void EveryFlag_OfTheStockClient_IsKnown(string command)
    {
        string stock = Help(Client.Docker, command), ours = Help(Client.Wharf, command);
        HashSet<string> missing = Flags(stock);
        missing.ExceptWith(Flags(ours));
        missing.RemoveWhere(f => ClientPrograms.FlagsForWindows.Any(w => f.StartsWith("--" + w + " ", StringComparison.Ordinal)));
        Assert.Empty(missing);
        Assert.Equal(Usage(stock), Usage(ours).Replace("wharf", "docker", StringComparison.Ordinal));
        Assert.Empty(Children(stock, parsed: true).Except(Children(ours, parsed: true)).Except(LaterCommands));
    }

    private static string Help(Client client, string command) =>
        Command.Run(ClientPrograms.Of(client), [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"],
            environment: new Dictionary<string, string> { ["DOCKER_CONFIG"] = "/nonexistent", ["DOCKER_HOST"] = "unix:///nonexistent" }).Ok().Out;

    private static string Usage(string help) => help.Split('\n')[0];

    /// <summary>Name, letter and kind of value: <c>-m, --memory bytes</c>.</summary>
    private static HashSet<string> Flags(string help) => [.. FlagHead().Matches(help).Select(m => m.Groups[1].Value.Trim())];

    private static List<string> Children(string command) => Children(Help(Client.Docker, command), parsed: true);

    private static List<string> Children(string help, bool parsed) =>
        !parsed ? throw new ArgumentException("a page is needed") : [.. CommandLists().Matches(help).SelectMany(m => CommandName().Matches(m.Value).Select(n => n.Groups[1].Value))];

    [GeneratedRegex(@"^ {2,6}((?:-\w, )?--[a-z0-9-]+(?: [a-zA-Z0-9]+)?)(?: {2,}|$)", RegexOptions.Multiline)]
    private static partial Regex FlagHead();

    [GeneratedRegex(@"^[A-Z][\w ]*Commands:\n(?:  .*\n)+|^Commands:\n(?:  .*\n)+", RegexOptions.Multiline)]
    private static partial Regex CommandLists();

    [GeneratedRegex(@"^  ([a-z-]+)\*? ", RegexOptions.Multiline)]
    private static partial Regex CommandName();
}
