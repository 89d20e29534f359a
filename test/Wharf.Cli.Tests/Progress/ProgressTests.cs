using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Progress;
using Wharf.Cli.Framework.Sessions;
using Wharf.Cli.Framework.Terminal;
using Wharf.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Wharf.Cli.Tests.Progress;

public sealed class ProgressTests
{
    private const string Messages = """
        {"status":"Pulling from library/busybox","id":"latest"}
        {"status":"Pulling fs layer","progressDetail":{},"id":"aaa"}
        {"status":"Pulling fs layer","progressDetail":{},"id":"bbb"}
        {"status":"Downloading","progressDetail":{"current":512000,"total":2048000},"id":"aaa"}
        {"status":"Already exists","progressDetail":{},"id":"bbb"}
        {"status":"Downloading","progressDetail":{"current":2048000,"total":2048000},"id":"aaa"}
        {"status":"Pull complete","progressDetail":{},"id":"aaa"}
        {"status":"Digest: sha256:1"}
        {"stream":"Step 1/1 : FROM scratch\n"}
        {"aux":{"ID":"sha256:2"}}
        """;

    private static string Show(bool terminal, string messages)
    {
        using var memory = new MemoryStream();
        var display = new ProgressDisplay(new TextOutput(memory, terminal), () => 120, TimeProvider.System);
        foreach (string line in messages.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            display.Show(json.RootElement, _ => { });
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    [Fact]
    public void Show_ToAPipe_SaysOnlyWhatIsNew() => Golden.Match("progress/pipe", Show(false, Messages));

    [Fact]
    public void Show_OnATerminal_MovesBetweenLines() => Golden.Match("progress/terminal", Show(true, Messages).Replace("\u001b", "\\e", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal));

    [Fact]
    public void Show_Error_EndsWithItsTextAndCode()
    {
        var error = Assert.Throws<CommandException>(() => Show(false, """{"errorDetail":{"code":7,"message":"no"},"error":"no"}"""));
        Assert.Equal((7, "no"), (error.ExitCode, error.Message));
    }

    [Fact]
    public void DetachKeys_WithoutTheSequence_PassEverything() =>
        Prop.ForAll<byte[][]>(pieces =>
        {
            var keys = new DetachKeys(DetachKeys.Parse("ctrl-p,ctrl-q"));
            var passed = new List<byte>();
            var typed = new List<byte>();
            foreach (byte[] piece in pieces.Where(p => p is not null))
            {
                byte[] plain = [.. piece.Where(b => b != 17)];
                typed.AddRange(plain);
                passed.AddRange(keys.Filter(plain, out bool detached).Span);
                Assert.False(detached);
            }

            // what may be the beginning of the sequence is still held back
            int held = typed.Count > 0 && typed[^1] == 16 ? 1 : 0;
            Assert.Equal(typed.Take(typed.Count - held), passed);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", new byte[] { 16, 17 })]
    [InlineData("ctrl-a,x", new byte[] { 1, (byte)'x' })]
    [InlineData("ctrl-[,ctrl-_,DEL", new byte[] { 27, 31, 127 })]
    public void DetachKeys_Parse_KnowsTheNames(string text, byte[] expected) => Assert.Equal(expected, DetachKeys.Parse(text));

    [Theory]
    [InlineData("ctrl-1")]
    [InlineData("foo")]
    [InlineData("a,,b")]
    public void DetachKeys_Parse_RefusesOthers(string text) => Assert.Throws<FormatException>(() => DetachKeys.Parse(text));
}
