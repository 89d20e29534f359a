using Wharf.Cli.Tests.Framework;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Containers;

public sealed class EachTests
{
    private static readonly string[] Names = ["first", "second", "third"];

    [Theory]
    [InlineData("stop")]
    [InlineData("kill")]
    [InlineData("pause")]
    [InlineData("unpause")]
    [InlineData("rm")]
    public void SeveralContainers_AreAskedAtOnce_AndToldInOrder(string command)
    {
        // No request is answered before all of them are there: one after another would never end.
        using var all = new CountdownEvent(Names.Length);
        using var engine = new FakeEngine(_ =>
        {
            all.Signal();
            return all.Wait(TimeSpan.FromMinutes(2)) ? new FakeReply(204) : new FakeReply(500, "{\"message\":\"asked one after another\"}");
        });
        using var cli = new CliHarness(engine);

        Assert.Equal(0, cli.Run([command, .. Names]));

        Assert.Equal("first\nsecond\nthird\n", cli.Terminal.OutText);
        Assert.Equal("", cli.Terminal.ErrorText);
    }

    [Fact]
    public void SeveralContainers_OneFails_OthersAreDoneAndItIsTold()
    {
        using var engine = new FakeEngine(r => r.Path.Contains("second", StringComparison.Ordinal)
            ? new FakeReply(404, "{\"message\":\"No such container: second\"}")
            : new FakeReply(204));
        using var cli = new CliHarness(engine);

        Assert.Equal(1, cli.Run(["stop", .. Names]));

        Assert.Equal("first\nthird\n", cli.Terminal.OutText);
        Assert.Equal("Error response from daemon: No such container: second\n", cli.Terminal.ErrorText);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("restart")]
    public void OrderedCommands_AskOneAfterAnother(string command)
    {
        int underWay = 0, most = 0;
        using var engine = new FakeEngine(_ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            Thread.Yield();
            Interlocked.Decrement(ref underWay);
            return new FakeReply(204);
        });
        using var cli = new CliHarness(engine);

        Assert.Equal(0, cli.Run([command, .. Names]));

        Assert.Equal(1, most);
        Assert.Equal(Names.Select(n => $"POST /containers/{n}/{command}"), engine.Routes);
    }
}
