using Wharf.Cli.Framework.Commands;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Framework;

public sealed class HelpTests
{
    public static TheoryData<string> Paths()
    {
        var data = new TheoryData<string>();
        Add(RootCommand.For("docker", "/root/.docker"), "");

        void Add(Command command, string path)
        {
            data.Add(path);
            foreach (Command child in command.Children?.Invoke() ?? [])
            {
                if (!child.IsHidden)
                {
                    Add(child, (path + " " + child.Name).Trim());
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Help_EveryCommand_MatchesItsPage(string path)
    {
        using var cli = new CliHarness();
        Assert.Equal(0, cli.Run([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));
        Assert.Equal("", cli.Terminal.ErrorText);
        Golden.Match("help/" + (path.Length == 0 ? "root" : path.Replace(' ', '-')), cli.Terminal.OutText.Replace(cli.ConfigDirectory, "/root/.docker", StringComparison.Ordinal));
    }

    [Fact]
    public void Help_HiddenLegacyCommands_LeaveOnlyManagementAndCommon()
    {
        using var cli = new CliHarness();
        cli.Environment["DOCKER_HIDE_LEGACY_COMMANDS"] = "1";
        cli.Run("--help");
        Assert.Contains("Management Commands:", cli.Terminal.OutText);
        Assert.Contains("  run  ", cli.Terminal.OutText);
        Assert.DoesNotContain("  attach  ", cli.Terminal.OutText);
    }

    [Fact]
    public void Help_ShortForm_WorksAndWarns()
    {
        using var cli = new CliHarness();
        Assert.Equal(0, cli.Run("ps", "-h"));
        Assert.StartsWith("Flag shorthand -h has been deprecated, use --help\nUsage:  docker ps [OPTIONS]", cli.Terminal.OutText);
        Assert.Equal("", cli.Terminal.ErrorText);
    }

    [Theory]
    [InlineData("")]
    [InlineData("container")]
    public void Help_NobodyAskedFor_IsAComplaint(string path)
    {
        using var asked = new CliHarness();
        asked.Run([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        using var cli = new CliHarness();
        Assert.Equal(0, cli.Run(path.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("", cli.Terminal.OutText);
        Assert.StartsWith($"Usage:  docker {path}".TrimEnd(), cli.Terminal.ErrorText);
        Assert.Equal(asked.Terminal.OutText.Length, cli.Terminal.ErrorText.Length);
    }

    [Fact]
    public void Help_UnderItsOwnName_SaysWharf()
    {
        using var cli = new CliHarness { Program = "wharf" };
        cli.Run("container", "cp", "--help");
        Assert.StartsWith("Usage:  wharf container cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\twharf cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH\n", cli.Terminal.OutText);
    }

    [Fact]
    public void Flags_OfEveryCommand_HaveUniqueNamesAndLetters()
    {
        Check(RootCommand.For("docker", "/root/.docker"), "docker");

        static void Check(Command command, string path)
        {
            Assert.True(command.Flags.Select(f => f.Name).Distinct().Count() == command.Flags.Length, path);
            char[] letters = [.. command.Flags.Where(f => f.Shorthand != '\0').Select(f => f.Shorthand)];
            Assert.True(letters.Distinct().Count() == letters.Length, path);
            foreach (Command child in command.Children?.Invoke() ?? [])
            {
                Check(child, path + " " + child.Name);
            }
        }
    }
}
