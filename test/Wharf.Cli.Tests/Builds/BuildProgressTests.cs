using System.Text.Json;
using Wharf.Api.Builds;
using Wharf.Api.Json;
using Wharf.Cli.Builds.Progress;
using Wharf.Cli.Tests.Framework;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Builds;

/// <summary>A recorded build with two stages side by side, in every form that the client shows.</summary>
public sealed class BuildProgressTests
{
    private const string Recorded = """
        {"Type":"started","Time":1000,"Step":1,"Stage":"one","Position":1,"Count":3,"Line":1,"Text":"FROM busybox AS one"}
        {"Type":"started","Time":1000,"Step":4,"Stage":"two","Position":1,"Count":2,"Line":5,"Text":"FROM busybox AS two"}
        {"Type":"finished","Time":1010,"Step":1,"Outcome":"done"}
        {"Type":"finished","Time":1020,"Step":4,"Outcome":"done"}
        {"Type":"started","Time":1030,"Step":2,"Stage":"one","Position":2,"Count":3,"Line":2,"Text":"RUN echo a && \\\n    echo b"}
        {"Type":"finished","Time":1040,"Step":2,"Outcome":"cached"}
        {"Type":"started","Time":1050,"Step":3,"Stage":"one","Position":3,"Count":3,"Line":3,"Text":"RUN make"}
        {"Type":"started","Time":1060,"Step":5,"Stage":"two","Count":2,"Line":6,"Text":"ENV A=b"}
        {"Type":"finished","Time":1070,"Step":5,"Outcome":"done"}
        {"Type":"started","Time":1080,"Step":6,"Stage":"two","Position":2,"Count":2,"Line":7,"Text":"RUN 漢字"}
        {"Type":"log","Time":1150,"Step":3,"Text":"compiling\t\u001b[31mred\u001b[0m\nhalf "}
        {"Type":"log","Time":1250,"Step":3,"Text":"a line\n"}
        {"Type":"log","Time":1300,"Step":6,"Text":"10%\r50%\r100%\n"}
        """;

    private const string Failed = """

        {"Type":"finished","Time":3050,"Step":3,"Outcome":"failed"}
        {"Type":"finished","Time":3060,"Step":6,"Outcome":"cancelled"}
        {"Type":"failed","Time":3070,"Step":3,"Code":2,"Text":"The command '/bin/sh -c make' returned a non-zero code: 2","Excerpt":"Dockerfile:3\n   3 | >>> RUN make\n"}
        """;

    private const string Succeeded = """

        {"Type":"finished","Time":3050,"Step":3,"Outcome":"done"}
        {"Type":"finished","Time":3060,"Step":6,"Outcome":"done"}
        {"Type":"warning","Time":3065,"Text":"One or more build-args [X] were not consumed"}
        {"Type":"built","Time":3070,"Text":"sha256:abc"}
        {"Type":"tagged","Time":3071,"Text":"docker.io/library/x:latest"}
        """;

    [Theory]
    [InlineData("running-80", Recorded, 80, 24, 2000)]
    [InlineData("running-narrow", Recorded, 30, 24, 2000)]
    [InlineData("running-low", Recorded, 80, 5, 2000)]
    [InlineData("failed", Recorded + Failed, 80, 24, 3070)]
    [InlineData("finished", Recorded + Succeeded, 80, 24, 3071)]
    public void Screen_OfARecordedBuild_IsAsDrawn(string name, string events, int columns, int rows, long now)
    {
        BuildModel model = Model(events);
        var lines = BuildScreen.Lines(model, columns, rows, now, isOver: events.Length > Recorded.Length);
        Assert.True(lines.Count <= rows, "no more lines than the screen has");
        Assert.All(lines, l => Assert.True(CellWidth.Of(l.Text) <= columns, l.Text));
        Golden.Match("build/" + name, string.Concat(lines.Select(l => l.Text.TrimEnd() + "\n")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(200)]
    public void Screen_OfAnyWidth_NeverOverflows(int columns)
    {
        for (int rows = 1; rows < 12; rows++)
        {
            var lines = BuildScreen.Lines(Model(Recorded), columns, rows, 2000, isOver: false);
            Assert.All(lines, l => Assert.True(CellWidth.Of(l.Text) <= columns, $"{columns} {l.Text}"));
            Assert.True(lines.Count <= Math.Max(2, rows), $"{lines.Count} lines on {rows} rows");
        }
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("漢字", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("🚀", 2)]
    public void CellWidth_CountsCells(string text, int cells) => Assert.Equal(cells, CellWidth.Of(text));

    [Theory]
    [InlineData("\u001b[1;31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\atext", "text")]
    [InlineData("a\tb\bc", "a    bc")]
    [InlineData("end\u001b", "end")]
    [InlineData("\u001b[2J\u001b[Hgone", "gone")]
    public void Harmless_TakesWhatWouldMoveTheCursor(string text, string left) => Assert.Equal(left, CellWidth.Harmless(text));

    [Fact]
    public void Plain_TellsStepsAsTheyGo()
    {
        (int code, CliHarness cli) = Build(Recorded + Succeeded, "--progress=plain");
        using (cli)
        {
            Assert.Equal(0, code);
            Golden.Match("build/plain", Steady(cli.Terminal.ErrorText));
            Assert.Equal("", cli.Terminal.OutText);
        }
    }

    [Fact]
    public void Failure_EndsWithOutputExcerptAndCode()
    {
        (int code, CliHarness cli) = Build(Recorded + Failed, "--progress=plain");
        using (cli)
        {
            Assert.Equal(2, code);
            Golden.Match("build/plain-failed", Steady(cli.Terminal.ErrorText));
        }
    }

    [Fact]
    public void Quiet_PrintsTheIdAlone_AndOfAFailureWhatTheStepSaid()
    {
        (int code, CliHarness cli) = Build(Recorded + Succeeded, "-q");
        using (cli)
        {
            Assert.Equal(("sha256:abc\n", ""), (cli.Terminal.OutText, cli.Terminal.ErrorText));
            Assert.Equal(0, code);
        }

        (code, cli) = Build(Recorded + Failed, "-q");
        using (cli)
        {
            Assert.Equal("", cli.Terminal.OutText);
            Assert.Contains("half a line\n", cli.Terminal.ErrorText);
            Assert.EndsWith("ERROR: The command '/bin/sh -c make' returned a non-zero code: 2\n", cli.Terminal.ErrorText);
            Assert.Equal(2, code);
        }
    }

    [Fact]
    public void RawJson_HasVertexesAndLogs()
    {
        (_, CliHarness cli) = Build(Recorded + Succeeded, "--progress=rawjson");
        using (cli)
        {
            List<JsonElement> lines = [.. cli.Terminal.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
            List<JsonElement> vertexes = [.. lines.Where(l => l.TryGetProperty("vertexes", out _)).Select(l => l.GetProperty("vertexes")[0])];
            Assert.Contains(vertexes, v => v.GetProperty("name").GetString() == "[one 2/3] RUN echo a && echo b" && v.TryGetProperty("cached", out _) && v.TryGetProperty("completed", out _));
            JsonElement make = vertexes.First(v => v.GetProperty("name").GetString() == "[one 3/3] RUN make");
            JsonElement log = lines.First(l => l.TryGetProperty("logs", out _)).GetProperty("logs")[0];
            Assert.Equal(make.GetProperty("digest").GetString(), log.GetProperty("vertex").GetString());
            Assert.StartsWith("compiling", System.Text.Encoding.UTF8.GetString(log.GetProperty("data").GetBytesFromBase64()));
        }
    }

    [Fact]
    public void Terminal_DrawsWithoutColourWhenAskedTo()
    {
        foreach (bool colour in new[] { true, false })
        {
            using var engine = Engine(Recorded + Succeeded);
            using var cli = new CliHarness(engine);
            if (!colour)
            {
                cli.Environment["NO_COLOR"] = "1";
            }

            Assert.Equal(0, cli.RunWith(new FakeTerminal("FROM scratch\n", isTerminal: true), "build", "-"));
            Assert.Equal(colour, cli.Terminal.ErrorText.Contains("\u001b[34m", StringComparison.Ordinal));
            Assert.Contains("FINISHED", cli.Terminal.ErrorText);
            Assert.Contains("[two 2/2] RUN 漢字", cli.Terminal.ErrorText);
            Assert.DoesNotContain("ENV A=b", cli.Terminal.ErrorText);
        }
    }

    [Theory]
    [InlineData("--progress=nice", "invalid progress mode \"nice\"")]
    [InlineData("--progress=tty", "progress=tty needs a terminal")]
    public void Progress_ThatCannotBe_IsRefused(string flag, string error)
    {
        using var cli = new CliHarness();
        Assert.Equal(1, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", flag, "-"));
        Assert.Contains(error, cli.Terminal.ErrorText);
    }

    [Fact]
    public void Progress_OfTheEnvironment_IsHonoured()
    {
        using var engine = Engine(Recorded + Succeeded);
        using var cli = new CliHarness(engine);
        cli.Environment["BUILDKIT_PROGRESS"] = "rawjson";
        Assert.Equal(0, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", "-"));
        Assert.StartsWith("{", cli.Terminal.ErrorText);
    }

    private static BuildModel Model(string events)
    {
        var model = new BuildModel();
        foreach (string line in events.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            model.Apply(JsonSerializer.Deserialize(line, ApiJson.Context.BuildEvent)!);
        }

        return model;
    }

    private static FakeEngine Engine(string events) => new(_ => new FakeReply(200, events, BuildEvent.ContentType));

    private static (int Code, CliHarness Cli) Build(string events, params string[] flags)
    {
        using var engine = Engine(events);
        var cli = new CliHarness(engine);
        return (cli.RunWith(new FakeTerminal("FROM scratch\n"), ["build", .. flags, "-"]), cli);
    }

    /// <summary>The step that sends the context goes by this machine's clock.</summary>
    private static string Steady(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"(?m)^(#1 .*?)[0-9.]+s( done)?$", "$1T$2");
}
