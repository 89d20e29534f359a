using System.Text.RegularExpressions;

namespace Wharf.Architecture.Tests;

/// <summary>What a start of the client pays for and need not: docs/decisions/0022.</summary>
public sealed class StartTests
{
    [Fact]
    public void TypesOfTheWire_AreClasses()
    {
        var bad = Sources.Code("src/Wharf.Api").Where(f => Regex.IsMatch(File.ReadAllText(f), @"^\s*(public|internal) (sealed |abstract |partial )*record (class )?(?!struct)\w", RegexOptions.Multiline));
        Assert.Empty(bad.Select(Sources.Relative));
    }

    [Theory]
    [InlineData("src/Wharf.Client")]
    [InlineData("src/Wharf.Cli")]
    public void Client_DescribesOnlyTheTypesThatItReads(string project)
    {
        var bad = Sources.Code(project).Where(f => Regex.IsMatch(File.ReadAllText(f), @"\b(ApiJson|ApiJsonContext)\.\w"));
        Assert.Empty(bad.Select(Sources.Relative));
    }
}
