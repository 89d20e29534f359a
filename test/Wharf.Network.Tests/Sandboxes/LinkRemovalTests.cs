using System.Net;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Sandboxes;

public sealed class LinkRemovalTests
{
    [Fact]
    public async Task Unlink_OfARunningContainer_TakesTheNameAndTheOpeningAway()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { InterContainer = false });
        (Sandbox server, Machine inside) = await lab.Start(NetworkLab.Container("server") with { ExposedPorts = [new ContainerPort(80, TransportProtocol.Tcp)] });
        inside.ServeTcp(IPAddress.Any, 80);
        SandboxRequest request = NetworkLab.Container("client");
        request = request with { Endpoints = [request.Endpoints[0] with { Links = [new LinkRequest(server.ContainerId, "server", "db")] }] };
        (Sandbox client, Machine asking) = await lab.Start(request);
        string address = server.Endpoints[0].IPv4!.Value.Address.ToString();
        Assert.Contains($"{address}\tdb ", client.Hosts, StringComparison.Ordinal);
        Assert.NotNull(await asking.AskTcp(address, 80));

        Sandbox? after = await lab.Controller.UnlinkAsync(client.ContainerId, "db", CancellationToken.None);

        Assert.DoesNotContain("db", after!.Hosts, StringComparison.Ordinal);
        Assert.Null(await asking.AskTcp(address, 80, Machine.Silence));
        Assert.Null(await lab.Controller.UnlinkAsync("nobody", "db", CancellationToken.None));
    }
}
