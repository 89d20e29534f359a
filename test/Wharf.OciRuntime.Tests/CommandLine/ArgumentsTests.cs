using System.Text.Json;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.OciRuntime.Lifecycle;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Tests.CommandLine;

public sealed class ArgumentsTests
{
    private static readonly Option[] Options = [new("bundle", 'b'), new("detach", 'd', TakesValue: false), new("env", 'e')];

    [Fact]
    public void Parse_AllForms_AreUnderstood()
    {
        Arguments arguments = Arguments.Parse(["-b", "x", "--env=A=1", "-env", "B", "-d", "id", "-not-ours", "--"], Options);

        Assert.Equal("x", arguments.Text("bundle"));
        Assert.Equal(["A=1", "B"], arguments.All("env"));
        Assert.True(arguments.IsSet("detach"));
        Assert.Equal(["id", "-not-ours", "--"], arguments.Operands);
    }

    [Fact]
    public void Parse_Mixed_TakesFlagsBehindOperandsUpToTwoDashes()
    {
        Arguments arguments = Arguments.Parse(["id", "-b", "x", "-", "--detach", "more", "--", "-d"], Options, mixed: true);

        Assert.Equal("x", arguments.Text("bundle"));
        Assert.True(arguments.IsSet("detach"));
        Assert.Equal(["id", "-", "more", "-d"], arguments.Operands);
        Assert.Throws<WharfException>(() => Arguments.Parse(["id", "--nonsense"], Options, mixed: true));
    }

    [Fact]
    public void Parse_BooleanSetToFalse_IsNotSet() => Assert.False(Arguments.Parse(["--detach=false"], Options).IsSet("detach"));

    [Theory]
    [InlineData("--nonsense", "flag provided but not defined: -nonsense")]
    [InlineData("--bundle", "flag needs an argument: -bundle")]
    public void Parse_WrongFlag_NamesIt(string word, string expected) =>
        Assert.Equal(expected, Assert.Throws<WharfException>(() => Arguments.Parse([word], Options)).Message);

    [Theory]
    [InlineData("-1")]
    [InlineData("0x0")]
    [InlineData("4294967295")]
    [InlineData("4294967296")]
    [InlineData("root")]
    [InlineData("")]
    [InlineData("1:2:3")]
    [InlineData(" 0")]
    public void User_ThatIsNoNumber_IsNeverRoot(string user) => Assert.Throws<WharfException>(() => UserFlag.Parse(user, new()));

    [Fact]
    public void User_NumberWithGroup_IsTaken()
    {
        var user = UserFlag.Parse("1000:7", new() { Uid = 5, Gid = 6, AdditionalGids = [9] });

        Assert.Equal((1000u, 7u), (user.Uid, user.Gid));
    }

    [Fact]
    public void LogLine_MessageWithQuotesAndControls_IsOneLineOfJson()
    {
        string line = LogLine.Format("error", "exec: \"a\"\n<\u001b>", DateTimeOffset.UnixEpoch, json: true);

        Assert.DoesNotContain('\n', line);
        using JsonDocument document = JsonDocument.Parse(line);
        Assert.Equal("exec: \"a\"\n<\u001b>", document.RootElement.GetProperty("msg").GetString());
        Assert.Equal("1970-01-01T00:00:00Z", document.RootElement.GetProperty("time").GetString());
    }

    [Fact]
    public void ContainerRecord_ComesBackAsItWas()
    {
        var record = new ContainerRecord { Id = "a", Bundle = "/b \"c\"", Rootfs = "/r", Pid = 3, StartTime = ulong.MaxValue, CgroupPath = "/c", Created = DateTimeOffset.FromUnixTimeMilliseconds(1234567) };

        Assert.Equal(record, ContainerRecord.FromJson(record.ToJson()));
    }
}
