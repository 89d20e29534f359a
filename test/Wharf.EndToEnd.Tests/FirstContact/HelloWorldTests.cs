using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.FirstContact;

public sealed class HelloWorldTests
{
    [Theory]
    [InlineData(Client.Docker)]
    [InlineData(Client.Wharf)]
    public void HelloWorld_WithoutAnyRegistry_GreetsAndEndsWithZero(Client client)
    {
        using var engine = new Engine();
        var result = engine.Run(client, "run", "--rm", "hello-world").Ok();
        Assert.Contains("Hello from Wharf!", result.Out);
        Assert.Contains("Unable to find image 'hello-world:latest' locally", result.Error);
    }
}
