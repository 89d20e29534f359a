using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Api;

public sealed class PlainJsonTests(SharedEngine shared) : EngineTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void Inspect_ShowsSignsOfMarkupAsTheyAre(Client client)
    {
        string name = NewName();
        Run(client, "create", "--name", name, "-e", "RULE=a<b&&b>c", "busybox").Ok();

        Assert.Contains("\"RULE=a<b&&b>c\"", Run(client, "inspect", name).Ok().Out, StringComparison.Ordinal);
    }
}
