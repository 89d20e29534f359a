using System.Text;
using Wharf.Cli.Builds;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Tests.Framework;
using Wharf.Primitives;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Output;

/// <summary>Texts of images and registries do not steer the terminal they are shown on.</summary>
public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain é 漢 😀 text", "plain é 漢 😀 text")]
    [InlineData("two\nlines\tand a tab", "two\nlines\tand a tab")]
    [InlineData("\u001b]0;title\a\u001b[2J", "\\u001b]0;title\\u0007\\u001b[2J")]
    [InlineData("\u009b2J\u0085\u007f\r\0", "\\u009b2J\\u0085\\u007f\\u000d\\u0000")]
    [InlineData("a\u202eb\u2066c\u200fd", "a\\u202eb\\u2066c\\u200fd")]
    public void Text_OfOthers_IsShownWithoutWhatSteers(string text, string shown) => Assert.Equal(shown, VisibleText.Of(text));

    [Fact]
    public void Annotation_ThatSteersOrForgesLines_IsOneHarmlessLine()
    {
        string hex = new('a', 64);
        byte[] index = Encoding.UTF8.GetBytes($$$"""
            {"manifests":[{"mediaType":"m\u001b[1m","digest":"sha256:{{{hex}}}\u001b","platform":{"os":"\u009b31m","architecture":"a"},
              "annotations":{"k\u001b[2J":"v\u001b]0;x\u0007\n  Name:        forged"}}]}
            """);
        string text = ImageToolsCommand.Describe(ImageReference.Parse("alpine:3"), "type\u001b[5m", index, Digest.Parse("sha256:" + hex));
        Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
        Assert.Contains("    k\\u001b[2J: v\\u001b]0;x\\u0007\\n  Name:        forged\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void History_IsShownHarmless_ButTheTemplateIsTheUsersOwn()
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, """[{"Id":"sha256:aa","Created":1,"CreatedBy":"RUN \u001b[2J","Size":1,"Comment":"\u009b5m"}]"""));
        using var cli = new CliHarness(engine);
        cli.Run("history", "x", "--format", "\u001b[1m{{.CreatedBy}}{{.Comment}}\u001b[0m");
        Assert.Equal("\u001b[1mRUN \\u001b[2J\\u009b5m\u001b[0m\n", cli.Terminal.OutText);
    }

    [Fact]
    public void Error_OfARegistry_IsShownHarmless()
    {
        using var engine = new FakeEngine(_ => new FakeReply(404, """{"message":"denied: \u001b]52;c;eA==\u0007 by \u202eus"}"""));
        using var cli = new CliHarness(engine);
        cli.Run("image", "rm", "x");
        Assert.Contains("denied: \\u001b]52;c;eA==\\u0007 by \\u202eus", cli.Terminal.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "x\\u009by\n")]
    [InlineData(false, "x\u009by\n")]
    public void Inspect_ByTemplate_SteersNoTerminal_AndGivesProgramsWhatThereIs(bool isTerminal, string shown)
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, "{\"Id\":\"sha256:aa\",\"Author\":\"x\u009by\"}"));
        using var cli = new CliHarness(engine);
        cli.RunWith(new FakeTerminal(isTerminal: isTerminal), "image", "inspect", "x", "--format", "{{.Author}}");
        Assert.Equal(shown, cli.Terminal.OutText);
        cli.RunWith(new FakeTerminal(isTerminal: isTerminal), "image", "inspect", "x");
        Assert.Contains("\"Author\": \"" + shown[..^1] + "\"", cli.Terminal.OutText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"Path":"/x\u001b[2J","Kind":1}]""", "A /x\\u001b[2J", "diff", "c")]
    [InlineData("""{"Titles":["CMD"],"Processes":[["sh \u009b2J"]]}""", "sh \\u009b2J", "top", "c")]
    public void Names_OfFilesAndProcesses_SteerNoTerminal(string answer, string shown, params string[] words)
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, answer));
        using var cli = new CliHarness(engine);
        cli.RunWith(new FakeTerminal(isTerminal: true), words);
        Assert.Contains(shown, cli.Terminal.OutText, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_OfAPull_IsShownHarmless()
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, """{"status":"Pulling from \u001b[2Japp","id":"1\u009b"}""" + "\n"));
        using var cli = new CliHarness(engine);
        cli.RunWith(new FakeTerminal(isTerminal: true), "pull", "x");
        Assert.Contains("1\\u009b: Pulling from \\u001b[2Japp", cli.Terminal.OutText, StringComparison.Ordinal);
    }
}
