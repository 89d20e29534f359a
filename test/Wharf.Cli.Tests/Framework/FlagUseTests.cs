using System.Text.RegularExpressions;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Tests.Framework;

/// <summary>A flag that is taken and does nothing is a lie: each is read by some code, or refused by name.</summary>
public sealed partial class FlagUseTests
{
    [Fact]
    public void EveryFlag_IsReadOrRefused()
    {
        HashSet<string> read = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot(), "src", "Wharf.Cli"), "*.cs", SearchOption.AllDirectories))
        {
            foreach (string line in File.ReadLines(file).Where(l => !Declaration().IsMatch(l)))
            {
                read.UnionWith(Word().Matches(line).Select(m => m.Groups[1].Value));
            }
        }

        var unread = new List<string>();
        Walk(RootCommand.For("docker", "/root/.docker"), "docker", (path, flag) =>
        {
            if (flag.Refusal is null && flag.SameAs is null && !read.Contains(flag.Name))
            {
                unread.Add($"{path} --{flag.Name}");
            }
        });
        Assert.Empty(unread);
    }

    [Fact]
    public void RefusedFlags_SayWhy()
    {
        using var cli = new CliHarness();
        Assert.Equal(125, cli.Run("run", "--kernel-memory", "1g", "busybox"));
        Assert.StartsWith("--kernel-memory is not supported: ", cli.Terminal.ErrorText);
        Assert.Equal(125, cli.Run("start", "--checkpoint", "x", "c"));
        Assert.StartsWith("--checkpoint is not supported: ", cli.Terminal.ErrorText);
    }

    [Theory]
    [InlineData("pull", "busybox")]
    [InlineData("push", "busybox")]
    [InlineData("run", "busybox")]
    [InlineData("create", "busybox")]
    [InlineData("build", ".")]
    public void ContentTrust_AskedFor_IsRefused(string command, string argument)
    {
        using var cli = new CliHarness();
        Assert.Equal(125, cli.Run(command, "--disable-content-trust=false", argument));
        Assert.Contains("content trust is not supported by this client", cli.Terminal.ErrorText);
        cli.Environment["DOCKER_CONTENT_TRUST"] = "1";
        Assert.Equal(125, cli.Run(command, argument));
        Assert.Contains("unset DOCKER_CONTENT_TRUST", cli.Terminal.ErrorText);
    }

    private static void Walk(Command command, string path, Action<string, Flag> visit)
    {
        foreach (Flag flag in command.Flags)
        {
            visit(path, flag);
        }

        foreach (Command child in command.Children?.Invoke() ?? [])
        {
            Walk(child, path + " " + child.Name, visit);
        }
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Wharf.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the repository's root was not found above the test program");
    }

    [GeneratedRegex(@"^\s*new\(""[a-z0-9-]+"",.*(FlagKind|ContainerFlags)\.")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"""([a-z0-9-]+)""")]
    private static partial Regex Word();
}
