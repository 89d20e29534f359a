using Wharf.Build.Attestations;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Attestations;

public sealed class AttestationOptionsTests
{
    [Fact]
    public void Nothing_AsksForNothing() => Assert.Equal(AttestationOptions.None, AttestationOptions.Parse(new Dictionary<string, string>()));

    [Theory]
    [InlineData("", false)]
    [InlineData("mode=min", false)]
    [InlineData("mode=max,version=v1", true)]
    public void Provenance_HasItsMode(string attributes, bool isMax) => Assert.Equal(isMax, Parse("provenance", attributes).Provenance!.IsMax);

    [Theory]
    [InlineData("provenance", "disabled=true")]
    [InlineData("provenance", "mode=max,disabled=true")]
    [InlineData("sbom", "disabled=true")]
    public void Disabled_IsNothing(string type, string attributes) => Assert.Equal(AttestationOptions.None, Parse(type, attributes));

    [Theory]
    [InlineData("provenance", "mode=most", "mode \"most\"")]
    [InlineData("provenance", "inline-only=true", "\"inline-only\"")]
    [InlineData("provenance", "reproducible=maybe", "\"maybe\"")]
    [InlineData("sbom", "generator=x", "\"generator\"")]
    [InlineData("vex", "", "type \"vex\"")]
    public void Unknown_IsRefusedByName(string type, string attributes, string words) =>
        Assert.Contains(words, Assert.Throws<WharfException>(() => Parse(type, attributes)).Message);

    private static AttestationOptions Parse(string type, string attributes) => AttestationOptions.Parse(new Dictionary<string, string> { [type] = attributes });
}
