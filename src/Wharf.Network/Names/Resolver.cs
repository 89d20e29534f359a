using System.Net;
using Wharf.Network.Control;
using Wharf.Network.Sandboxes;

namespace Wharf.Network.Names;

/// <summary>Answers the questions of one container: names of its networks from what is recorded, all others from outside.</summary>
internal sealed class Resolver(
    SandboxEntry entry, Func<IReadOnlyCollection<Sandbox>> all, Func<bool> hasWayOut, Func<IReadOnlyList<IPAddress>> servers, Upstream upstream)
{
    public async Task<byte[]?> AnswerAsync(byte[] message, bool tcp, CancellationToken ct)
    {
        if (!DnsQuery.TryParse(message, out DnsQuery? query, out DnsCode error))
        {
            return error == DnsCode.None ? null : DnsAnswer.Error(message, error);
        }

        byte[] answer = Own(query!) ?? await OutsideAsync(message, query!, tcp, ct);
        return tcp ? answer : DnsAnswer.Fit(answer, query!);
    }

    private byte[]? Own(DnsQuery query)
    {
        if (!query.IsInternet)
        {
            return null;
        }

        Sandbox asker = entry.Snapshot;
        if (query.Type == DnsType.Ptr)
        {
            return ContainerNames.FindReverse(asker, query.Name, all()) is { } name ? DnsAnswer.Pointer(query, name) : null;
        }

        if (ContainerNames.Find(asker, query.Name, all()) is not { } addresses)
        {
            return null;
        }

        // A name of ours has no other records, and what is asked about it is nobody's business outside.
        return query.Type is DnsType.A or DnsType.Aaaa ? DnsAnswer.Addresses(query, addresses) : DnsAnswer.Empty(query);
    }

    private async Task<byte[]> OutsideAsync(byte[] message, DnsQuery query, bool tcp, CancellationToken ct)
    {
        // Whoever may not reach the outside may not tell it anything by way of names either.
        byte[]? answer = hasWayOut() ? await upstream.AskAsync(message, servers(), tcp, ct) : null;
        return answer ?? DnsAnswer.Error(query, DnsCode.ServerFailure);
    }
}
