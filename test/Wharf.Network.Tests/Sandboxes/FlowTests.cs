using System.Net;
using Wharf.Linux.Netlink;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Sandboxes;

public sealed class FlowTests
{
    [Fact]
    public async Task Release_ForgetsTheConnectionsOfTheAddress()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        using ConntrackConnection table = ConntrackConnection.Open();
        table.Forget(_ => true);
        (Sandbox web, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "5353:53/udp"));
        inside.ServeUdp(IPAddress.Any, 53);
        Assert.NotNull(await lab.Outside.AskUdp(NetworkLab.HostAddress, 5353));
        IPAddress address = web.Endpoints[0].IPv4!.Value.Address;
        int Count()
        {
            int count = 0;
            table.Forget(c =>
            {
                count += c.ReplySource.Equals(address) ? 1 : 0;
                return false;
            });
            return count;
        }

        Assert.NotEqual(0u, table.Count());
        Assert.Equal(1, Count());
        await lab.Controller.ReleaseAsync(web.ContainerId, CancellationToken.None);
        for (int i = 0; i < 100 && Count() > 0; i++)
        {
            await Task.Delay(20);
        }

        Assert.Equal(0, Count());
    }
}
