using System.Reflection;
using Wharf.EndToEnd.Tests.Harness;
using Xunit.Sdk;
using Xunit.v3;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Every client with every one of some words.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CombinatorialClientsAttribute(params string[] words) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        List<ITheoryDataRow> rows = [.. words.SelectMany(word => Enum.GetValues<Client>().Select(client => new TheoryDataRow(client, word)))];
        return new(rows);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
