using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Network.Names;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Names;

public sealed class DnsCodecTests
{
    [Fact]
    public void Query_AnyBytes_NeverThrow() => Prop.ForAll<byte[]>(bytes =>
    {
        bool ok = DnsQuery.TryParse(bytes, out DnsQuery? query, out DnsCode error);
        return ok == (query is not null) && (!ok || error == DnsCode.None);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Query_DamagedInOnePlace_NeverThrowsAndAnswersStayWellFormed() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte>(), ArbMap.Default.ArbFor<byte>(), ArbMap.Default.ArbFor<byte>(),
            (where, what, cut) =>
            {
                byte[] packet = DnsClient.Question("www.example.com", 1);
                packet[where % packet.Length] = what;
                packet = packet[..Math.Max(12, packet.Length - cut % 20)];
                if (!DnsQuery.TryParse(packet, out DnsQuery? query, out DnsCode error))
                {
                    return error == DnsCode.None || DnsAnswer.Error(packet, error).Length == 12;
                }

                byte[] answer = DnsAnswer.Error(query!, DnsCode.Refused);
                return answer.Length == 12 + query!.Question.Length && answer[0] == packet[0] && answer[1] == packet[1] && (answer[2] & 0x80) != 0;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Query_WithEveryName_ReadsBackTheSame()
    {
        Arbitrary<string> names = Gen.Elements("abcdefghijklmnopqrstuvwxyzABC0123456789-_".ToCharArray()).ArrayOf()
            .Where(c => c.Length is > 0 and < 64).Select(c => new string(c)).NonEmptyListOf()
            .Select(l => string.Join('.', l)).Where(n => n.Length < 250).ToArbitrary();
        Prop.ForAll(names, name => DnsQuery.TryParse(DnsClient.Question(name, 28), out DnsQuery? query, out _)
            && query!.Name == name && query.Type == DnsType.Aaaa && query.UdpSize == 512).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Query_WithACompressedOrEndlessName_IsRefused()
    {
        byte[] pointer = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1];
        Assert.False(DnsQuery.TryParse(pointer, out _, out DnsCode error));
        Assert.Equal(DnsCode.FormatError, error);
        Assert.False(DnsQuery.TryParse(DnsClient.Question(string.Join('.', Enumerable.Repeat(new string('a', 63), 5)), 1), out _, out _));
    }

    [Fact]
    public void Answer_ThatDoesNotFit_IsCutAndSaysSo()
    {
        Assert.True(DnsQuery.TryParse(DnsClient.Question("many", 1), out DnsQuery? query, out _));
        byte[] answer = DnsAnswer.Addresses(query!, Enumerable.Range(1, 200).Select(i => new IPAddress([10, 0, 0, (byte)i])));

        Assert.Equal(200, DnsClient.Read(answer).Answers.Count);
        byte[] cut = DnsAnswer.Fit(answer, query!);
        Assert.True(cut.Length <= 512);
        Assert.True(DnsClient.Read(cut).Truncated);
        Assert.Same(answer, DnsAnswer.Fit(answer, query! with { UdpSize = 4096 }));
    }

    [Fact]
    public void UpstreamAnswer_ToAnotherQuestion_IsNotTaken()
    {
        byte[] query = DnsClient.Question("good.example", 1);
        Assert.True(DnsQuery.TryParse(query, out DnsQuery? asked, out _));
        Assert.True(DnsQuery.TryParse(DnsClient.Question("evil.example", 1), out DnsQuery? other, out _));

        Assert.True(Upstream.IsAnswerTo(DnsAnswer.Addresses(asked!, [IPAddress.Loopback]), query));
        Assert.False(Upstream.IsAnswerTo(DnsAnswer.Addresses(other!, [IPAddress.Loopback]), query));
        Assert.False(Upstream.IsAnswerTo(DnsAnswer.Addresses(asked! with { Id = 7 }, [IPAddress.Loopback]), query));
        Assert.False(Upstream.IsAnswerTo(query, query));
        Prop.ForAll<byte[]>(bytes => !Upstream.IsAnswerTo(bytes, query)).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("2.0.18.172.in-addr.arpa", "172.18.0.2")]
    [InlineData("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", "fd00::2")]
    [InlineData("2.0.18.in-addr.arpa", null)]
    [InlineData("x.0.18.172.in-addr.arpa", null)]
    [InlineData("www.example.com", null)]
    public void ReverseName_IsRead(string name, string? address)
    {
        Assert.Equal(address is not null, ContainerNames.TryParseReverse(name, out IPAddress? read));
        Assert.Equal(address, read?.ToString());
    }

    [Fact]
    public void LinkAlias_OnAUserNetwork_IsKnownToTheLinkingContainerOnly()
    {
        Sandbox Make(string name, string address, params LinkRequest[] links) => new()
        {
            Request = new SandboxRequest { ContainerId = name, ContainerName = name },
            SandboxId = name,
            Key = name,
            Endpoints =
            [
                new Endpoint
                {
                    Id = name,
                    NetworkId = "n",
                    NetworkName = "net",
                    Request = new EndpointRequest { Network = "n", Links = links },
                    IPv4 = Network.Addressing.InterfaceAddress.Parse(address),
                    DnsNames = [name],
                },
            ],
        };
        Sandbox db = Make("db", "10.0.0.2/24"), web = Make("web", "10.0.0.3/24", new LinkRequest("db", "db", "mysql")), other = Make("other", "10.0.0.4/24");
        Sandbox[] all = [db, web, other];

        Assert.Equal("10.0.0.2", Assert.Single(ContainerNames.Find(web, "mysql", all)!).ToString());
        Assert.Null(ContainerNames.Find(other, "mysql", all));
    }
}
